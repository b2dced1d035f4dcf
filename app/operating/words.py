"""What the doctor says: finding → (Chinese, English). Both are printed: who runs a server reads one of them."""

FINDINGS: dict[str, tuple[str, str]] = {
    "settings": (
        "配置可以读取（{environment}，区划 {jurisdiction}）。",
        "The settings can be read ({environment}, region {jurisdiction}).",
    ),
    "settings_wrong": (
        "配置有误，平台不能启动：{problem} 请改正该变量后重新启动（见 docs/configuration.md）。",
        "The settings are wrong and nothing starts: {problem} Correct the variable and start again (docs/configuration.md).",
    ),
    "not_production": (
        "当前是 {environment} 环境，不能用于真实检查。正式使用请设 JCM_ENV=production。",
        "This is the {environment} environment, not for real inspections. Set JCM_ENV=production.",
    ),
    "setting_meant": (
        "环境变量 {name} 不是本平台的设置，不起作用。是否想写 {meant}？",
        "{name} is no setting and does nothing. Is {meant} meant?",
    ),
    "setting_unknown": (
        "环境变量 {name} 不是本平台的设置，不起作用（见 docs/configuration.md）。",
        "{name} is no setting and does nothing (docs/configuration.md).",
    ),
    "jurisdiction_foreign": (
        "这个数据库属于区划 {owner}，而 JCM_JURISDICTION 写的是 {jurisdiction}。请改正该变量，或检查 JCM_DATABASE_URL。",
        "This database is that of region {owner}, JCM_JURISDICTION says {jurisdiction}. Correct it, or look at JCM_DATABASE_URL.",
    ),
    "instance_closed": (
        "运行本程序的用户不能写入 {path}。请把它交给运行服务的用户（chown）。",
        "The user who runs this cannot write to {path}. Give it to the user of the service (chown).",
    ),
    "tls": ("JCM_TLS 的证书有效至 {until}。", "The certificate of JCM_TLS holds until {until}."),
    "tls_short": (
        "JCM_TLS 的证书有效至 {until}。请换上新证书，再重新启动。",
        "The certificate of JCM_TLS holds until {until}. Put a new one in its place and start again.",
    ),
    "tls_wrong": ("证书不能使用：{problem}", "The certificate cannot be used: {problem}"),
    "proxies_none": (
        "JCM_PUBLIC_URL 是 https，而本程序自己不用 TLS：前面应有代理，但 JCM_TRUSTED_PROXIES 是 0。"
        "这样所有人都算作代理的一个地址，限流会一起拦住他们。请设为前面代理的个数（docs/operations.md）。",
        "JCM_PUBLIC_URL is https and the program speaks no TLS itself: a proxy stands in front, but JCM_TRUSTED_PROXIES is 0. "
        "Everybody then counts as one address, and limits stop all of them. Set it to the number of proxies (docs/operations.md).",
    ),
    "mail": ("邮件服务器 {name} 应答正常。", "The mail server {name} answers."),
    "mail_silent": (
        "邮件服务器 {name} 不能使用：{problem}。请检查 JCM_SMTP_URL、网络与该服务器；消息会等待并重试。",
        "The mail server {name} cannot be used: {problem}. Look at JCM_SMTP_URL, the network, that server; messages wait.",
    ),
    "gateway": ("短信网关 {name} 应答正常。", "The text gateway {name} answers."),
    "gateway_silent": (
        "短信网关 {name} 不能使用：{problem}。请检查 JCM_SMS_WEBHOOK、网络与该网关；消息会等待并重试。",
        "The text gateway {name} cannot be used: {problem}. Look at JCM_SMS_WEBHOOK, the network, the gateway; messages wait.",
    ),
    "issuer": ("统一认证 {name} 应答正常。", "The sign-in {name} answers."),
    "issuer_silent": (
        "统一认证 {name} 不能使用：{problem}。请检查 JCM_STAFF_ISSUER、JCM_SPACE_ISSUER 与网络；其他登录方式不受影响。",
        "The sign-in {name} cannot be used: {problem}. Look at JCM_STAFF_ISSUER, JCM_SPACE_ISSUER, the network; "
        "other ways to sign in work.",
    ),
    "address": ("从本机可以打开 {name}。", "{name} opens from this machine."),
    "address_silent": (
        "从本机打不开 {name}：{problem}。服务已启动而手机也打不开时，请检查域名解析、代理、证书和 JCM_PUBLIC_URL；"
        "本机按规定不能访问该地址的，不必理会。",
        "{name} does not open from this machine: {problem}. Where the service runs and phones cannot open it either, look at the "
        "name, the proxy, its certificate, JCM_PUBLIC_URL. Where this machine may not reach it, this says nothing.",
    ),
    "database_forgets": (
        "PostgreSQL 的 {settings} 已关闭：断电会丢失已经登记的内容。请打开"
        "（ALTER SYSTEM SET … = on，再 SELECT pg_reload_conf()）。",
        "PostgreSQL has {settings} off: what was registered is lost with the power. Turn it on (ALTER SYSTEM SET … = on; "
        "SELECT pg_reload_conf()).",
    ),
    "database_encoding": (
        "数据库的编码是 {encoding}，应为 UTF8。请另建一个数据库（ENCODING 'UTF8' TEMPLATE template0）。",
        "The database is encoded in {encoding}, not UTF8. Make another (ENCODING 'UTF8' TEMPLATE template0).",
    ),
    "database_standby": (
        "JCM_DATABASE_URL 指向只读备库，什么也登记不了。请指向主库，或加上 target_session_attrs=read-write（docs/operations.md）。",
        "JCM_DATABASE_URL leads to a standby: nothing can be registered. Name the primary, or add "
        "target_session_attrs=read-write (docs/operations.md).",
    ),
    "connections_few": (
        "PostgreSQL 最多接受 {most} 个连接，重新载入时可能需要 {needed} 个。"
        "请调大 max_connections（或该角色、该库的限额），或减少 JCM_WORKERS。",
        "PostgreSQL takes {most} connections, while a reload may need {needed}. Raise max_connections (or the limit of the role or "
        "the database), or set fewer JCM_WORKERS.",
    ),
    "no_keys": (
        "还没有密钥。请运行 flask --app wsgi init。",
        "There are no keys yet. Run: flask --app wsgi init",
    ),
    "keys_lost": (
        "数据库里已有数据，但这里没有它的密钥加密密钥。请从备份或另一台服务器取回 key-encryption.key"
        "（或设 JCM_KEY_ENCRYPTION_KEY）；新密钥打不开已有的数据。",
        "The database holds data, but its key-encryption key is not here. Put back key-encryption.key (or set "
        "JCM_KEY_ENCRYPTION_KEY) from the backup or another server: a new key opens nothing of it.",
    ),
    "secret_open": (
        "{path} 可被本机其他用户读取。请运行 chmod {mode} {path}。",
        "{path} can be read by others on this machine. Run: chmod {mode} {path}",
    ),
    "root_here": (
        "根密钥在本机（{path}）。方便，但服务器被入侵即失守；可离线保管（docs/operations.md）。",
        "The root key is on this machine ({path}): handy, but lost with the machine; it can be kept off it (docs/operations.md).",
    ),
    "sm2": ("国密配置：本机 OpenSSL 支持 SM2。", "State cryptography: this machine's OpenSSL has SM2."),
    "sm2_missing": (
        "国密配置（JCM_CRYPTOGRAPHY=state），但本机没有带 SM2 的 OpenSSL 3，不能签发检查码。请安装系统的 libssl3。",
        "JCM_CRYPTOGRAPHY=state, but this machine has no OpenSSL 3 with SM2: no code can be signed. Install libssl3.",
    ),
    "root_not_state": (
        "国密配置，但根密钥是 {kind}。请用 keys new-root 和 keys succeed 换成 SM2 根密钥（docs/cryptography.md）。",
        "State cryptography, but the root is {kind}. Make an SM2 root with keys new-root and keys succeed (docs/cryptography.md).",
    ),
    "log_not_state": (
        "国密配置，但登记簿在此之前已按 {kind} 开始，不能中途改换（docs/cryptography.md）。",
        "State cryptography, but the log began as {kind} before; a log cannot change its kind (docs/cryptography.md).",
    ),
    "device": ("签名设备应答正常（{device}）。", "The signature device answers ({device})."),
    "device_silent": (
        "签名设备没有应答：{problem} 现在不能签发检查码。请检查设备与其代理进程。",
        "The signature device does not answer: {problem} No code can be signed. Look at the device and its process.",
    ),
    "root_damaged": (
        "根密钥文件损坏，不能签发密钥清单：{problem}",
        "The root key is damaged and signs nothing: {problem}",
    ),
    "scanner": ("企业扫码页已构建。", "The scanner page is built."),
    "scanner_missing": (
        "企业扫码页 /scan/ 没有构建，其余功能正常。请安装 Node 20 后运行 make setup，或使用 make bundle 的安装包。",
        "The scanner page /scan/ is not built; the rest works. Install Node 20 and run make setup, or install from a bundle.",
    ),
    "english": ("英文界面已编译。", "The English pages are compiled."),
    "english_missing": (
        "英文界面没有编译。请运行 make translations。",
        "The English pages are not compiled. Run: make translations",
    ),
    "fonts": ("文书字体可用。", "The typeface of papers is there."),
    "fonts_missing": (
        "没有文书字体，只能打印网页，不能生成 PDF。请运行 make setup，或安装 fonts-noto-cjk。",
        "There is no typeface for papers: they print from the page, not as PDF. Run make setup, or install fonts-noto-cjk.",
    ),
    "disk": ("磁盘剩余 {free} GiB。", "{free} GiB of disk are free."),
    "disk_short": (
        "磁盘只剩 {free} GiB。请清理或扩容；写满后登记会失败。",
        "Only {free} GiB of disk are free. Make room: when it is full, nothing can be registered.",
    ),
    "backup": ("最近一次备份于 {at}。", "The last backup was made at {at}."),
    "backup_old": (
        "最近一次备份于 {at}，已超过八天。请检查备份定时任务，并试着恢复一次。",
        "The last backup was made at {at}, more than eight days ago. Look at its timer, and try a restore.",
    ),
    "backup_never": (
        "本机没有做过备份。请设定时任务 backup make（docs/operations.md）。",
        "No backup was made here. Set a timer for backup make (docs/operations.md).",
    ),
    "database": ("数据库可用，结构为最新（{head}）。", "The database answers; its schema is current ({head})."),
    "database_silent": (
        "连不上数据库：{problem} 请检查 JCM_DATABASE_URL、网络与数据库服务。",
        "The database does not answer: {problem} Look at JCM_DATABASE_URL, the network, the database server.",
    ),
    "database_empty": (
        "数据库是空的。请运行 flask --app wsgi init，或恢复备份（backup restore）。",
        "The database is empty. Run flask --app wsgi init, or restore a backup (backup restore).",
    ),
    "not_migrated": (
        "数据库结构是 {here}，程序需要 {head}。请停止服务，运行 flask --app wsgi init，再启动。",
        "The schema of the database is at {here}, the program needs {head}. Stop, run flask --app wsgi init, start.",
    ),
    "schema_newer": (
        "数据库结构（{here}）比本机程序（{head}）新：可以继续服务，请尽快把本机也换成新版本。",
        "The schema of the database ({here}) is newer than this program ({head}): it serves on; put the new version here, too.",
    ),
    "clock": (
        "本机与数据库时钟相差 {seconds} 秒。",
        "The clocks of this machine and the database differ by {seconds} s.",
    ),
    "clock_skewed": (
        "本机与数据库时钟相差 {seconds} 秒。请为两台机器校时（NTP）。",
        "The clocks of this machine and the database differ by {seconds} s. Set both by NTP.",
    ),
    "clock_ran_back": (
        "本机时钟早于登记簿最近一次签署（{last}），登记簿已停止签署。请校时，不要改数据。",
        "The clock is earlier than the last signature of the log ({last}); nothing is signed. Set the clock, not the data.",
    ),
    "connector": (
        "与“{system}”的同步正常（到 {at} 为止都已收到）。",
        "In step with “{system}” (all of it until {at} is here).",
    ),
    "connector_late": (
        "与“{system}”的同步落后（最近一次同步完：{at}）：{problem}。"
        "请检查网络、令牌和 worker，运行 flask --app wsgi connector run。",
        "Behind “{system}” (all of it was here at {at}): {problem}. Look at network, token and worker; "
        "run: flask --app wsgi connector run",
    ),
    "connector_missing": (
        "本区的检查码由“{system}”签发，但没有设置与它的连接：那里的检查不会传来。请设 JCM_CONNECTOR_*（docs/operations.md）。",
        "Codes are issued by “{system}”, but no connection to it is set: its visits do not arrive. "
        "Set JCM_CONNECTOR_* (docs/operations.md).",
    ),
    "connector_idle": (
        "设置了与“{system}”的连接，但本区仍由本平台签发，什么也不会收。请由两位管理员改变签发方式，或去掉 JCM_CONNECTOR_*。",
        "A connection to “{system}” is set, but codes are issued here alone: nothing is taken. "
        "Change who issues (two administrators), or remove JCM_CONNECTOR_*.",
    ),
    "connector_refused": (
        "与“{system}”：{refused} 条没有收进来，{kept} 个结果没有传回，{differing} 次检查两边不一致。请看管理员的“其他系统”页。",
        "“{system}”: {refused} not taken, {kept} results not given back, {differing} recorded differently. "
        "See the administrator's page 其他系统.",
    ),
    "keys_open": ("签名密钥可以使用。", "The signing keys can be used."),
    "no_keys_outside": (
        "公网一侧没有签名密钥，应当如此；检查码、名单和记录由内网签名。",
        "The public zone has no signing keys, as it should be: codes, lists and the log are signed inside.",
    ),
    "keys_sealed": (
        "密钥加密密钥与数据库不符，不能签发检查码。请放回原来的 key-encryption.key（或 JCM_KEY_ENCRYPTION_KEY）。",
        "The key-encryption key is not the one of this database: no code can be signed. Put back the right "
        "key-encryption.key (or JCM_KEY_ENCRYPTION_KEY).",
    ),
    "key_list": ("密钥清单已签名，有效至 {until}。", "The key list is signed and holds until {until}."),
    "key_list_none": (
        "还没有签过密钥清单；发出第一个检查码时会自动生成，根密钥离线时请运行 keys publish --root FILE。",
        "No key list was signed yet. It comes with the first code; where the root is kept elsewhere: keys publish --root FILE",
    ),
    "key_list_over": (
        "密钥清单已于 {until} 到期，企业手机离线核验会拒绝。请立即运行 keys publish --root FILE。",
        "The key list ran out at {until}: phones refuse it offline. Run now: keys publish --root FILE",
    ),
    "key_list_short": (
        "密钥清单将于 {until} 到期。根密钥离线时请尽快运行 keys publish --root FILE。",
        "The key list runs out at {until}. Where the root is kept elsewhere, run soon: keys publish --root FILE",
    ),
    "key_list_untrusted": (
        "密钥清单的签名与公布的根不符（{problem}）。请运行 keys publish；若仍不符，请查是否被改动。",
        "The key list is not signed by the published root ({problem}). Run keys publish; where it stays so, somebody changed it.",
    ),
    "standby": ("只读备库可用，最新内容是 {seconds} 秒前的。", "The standby answers; what it has is {seconds} s old."),
    "standby_silent": (
        "只读备库连不上，统计和导出暂由主库承担。请检查 JCM_READ_DATABASE_URL。",
        "The standby does not answer; the primary reads figures and exports meanwhile. Look at JCM_READ_DATABASE_URL.",
    ),
    "standby_late": (
        "只读备库落后 {seconds} 秒，统计和导出暂由主库承担。请检查复制。",
        "The standby is {seconds} s behind; the primary reads figures and exports meanwhile. Look at the replication.",
    ),
    "log": ("登记簿正常推进，共 {size} 条。", "The log advances; it has {size} entries."),
    "log_late": (
        "{count} 条记录自 {since} 起等待进入登记簿，而后台进程（worker）在运行。请查看其日志："
        "时钟拨回，或签名密钥、签名设备不可用时不会签署。",
        "{count} records wait for the log since {since}, though the worker goes round. "
        "Look at what it says: a clock set back, or a key or device that cannot sign, stops the log.",
    ),
    "no_witness": (
        "近七天没有见证方签署登记簿。没有见证只能证明先后，不能证明时间。请另一机构担任见证方（docs/log.md）。",
        "No witness has signed the log for seven days. Without one it proves order, not time: ask another body (docs/log.md).",
    ),
    "sweeps": (
        "后台进程（worker）在运行，最近一轮于 {since}。",
        "The worker is running; its last round was at {since}.",
    ),
    "no_supervisor": (
        "还没有监督单位，失效码清单无人签署。请用 import units 导入单位，其中一个的角色为 supervisor。",
        "There is no supervising unit to sign the list of void codes. Run import units with one whose role is supervisor.",
    ),
    "worker_never": (
        "后台进程（worker）从未运行过。请启动它：flask --app wsgi worker（flask serve 会一并启动）。",
        "The worker has never run. Start it: flask --app wsgi worker (flask serve starts it, too).",
    ),
    "worker_late": (
        "后台进程（worker）自 {since} 起没有运行，失效码清单会过期，记录不再进入登记簿，"
        "消息不再发出，定时规则不再执行。请启动它并查看其日志。",
        "The worker has not been round since {since}: the list of void codes runs out, records do not enter "
        "the log, nothing is sent, rules that wait for a time do not run. "
        "Start it and look at what it says.",
    ),
    "outbox_stuck": (
        "有消息自 {since} 起没有发出。请检查短信网关、邮件服务器和后台进程。",
        "Messages have waited to be sent since {since}. Look at the gateway, the mail server, the worker.",
    ),
    "messages_given_up": (
        "近一天有 {count} 条消息没有发成。原因见 outbox 表的 problem 列。",
        "{count} messages of the last day could not be sent. The column problem of the table outbox says why.",
    ),
    "jobs_stuck": (
        "有后台任务自 {since} 起没有进展。请查看后台进程（worker）的日志。",
        "A job has not moved since {since}. Look at what the worker says.",
    ),
}
