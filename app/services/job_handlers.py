"""Which use case does which kind of job. A new kind is one line here and one in app/web/jobs/views.py.

Reports stand above the services (they read through the queries of the pages): app/cli/worker.py adds their line.
"""

from app.services.applying import batches
from app.services.flagging import backtest_jobs
from app.services.imports import plan_uploads, uploads
from app.services.jobs import Handler
from app.services.visiting import enterprise_codes

HANDLERS: dict[str, Handler] = {
    enterprise_codes.JOB: enterprise_codes.make_all,
    uploads.CHECK: uploads.check_table,
    uploads.STORE: uploads.store_table,
    plan_uploads.CHECK: plan_uploads.check,
    plan_uploads.STORE: plan_uploads.store,
    backtest_jobs.KIND: backtest_jobs.run,
    batches.CHECK: batches.check,
    batches.APPLY: batches.apply,
    batches.APPROVE: batches.approve,
}
