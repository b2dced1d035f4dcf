"""The log"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('log_dummies',
    sa.Column('leaf', sa.LargeBinary(length=32), nullable=False),
    sa.Column('salt', sa.LargeBinary(length=16), nullable=False),
    sa.PrimaryKeyConstraint('leaf', name=op.f('pk_log_dummies'))
    )
    op.create_table('log_entries',
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('leaf', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('position', name=op.f('pk_log_entries')),
    sa.UniqueConstraint('leaf', name=op.f('uq_log_entries_leaf'))
    )
    op.create_table('log_heads',
    sa.Column('size', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('root', sa.LargeBinary(length=32), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('size', name=op.f('pk_log_heads'))
    )
    op.create_table('log_queue',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('leaf', sa.LargeBinary(length=32), nullable=False),
    sa.Column('held', sa.Boolean(), nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_log_queue'))
    )
    with op.batch_alter_table('log_queue', schema=None) as batch_op:
        batch_op.create_index('ix_log_queue_held_seq', ['held', 'seq'], unique=False)

    op.create_table('log_tiles',
    sa.Column('level', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('nodes', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('level', 'number', name=op.f('pk_log_tiles'))
    )
    op.create_table('log_witnesses',
    sa.Column('verifier', sa.String(length=400), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('trusted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('verifier', name=op.f('pk_log_witnesses')),
    sa.UniqueConstraint('name', name=op.f('uq_log_witnesses_name'))
    )
    op.create_table('logs',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('origin', sa.String(length=200), nullable=False),
    sa.Column('suite', sa.String(length=16), nullable=False),
    sa.Column('verifier', sa.String(length=400), nullable=False),
    sa.Column('private', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('batched_on', sa.Date(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_logs_only_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_logs'))
    )
    op.create_table('log_cosignatures',
    sa.Column('size', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('witness', sa.String(length=400), nullable=False),
    sa.Column('line', sa.Text(), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['size'], ['log_heads.size'], name=op.f('fk_log_cosignatures_size')),
    sa.ForeignKeyConstraint(['witness'], ['log_witnesses.verifier'], name=op.f('fk_log_cosignatures_witness')),
    sa.PrimaryKeyConstraint('size', 'witness', name=op.f('pk_log_cosignatures'))
    )
    with op.batch_alter_table('facts', schema=None) as batch_op:
        batch_op.create_index('ix_facts_leaf', ['leaf'], unique=False)

    with op.batch_alter_table('speech', schema=None) as batch_op:
        batch_op.create_index('ix_speech_leaf', ['leaf'], unique=False)

    # What was recorded before there was a log waits for its place like everything after it.
    op.execute("INSERT INTO log_queue (leaf, held, queued_at) SELECT leaf, false, recorded_at FROM facts ORDER BY seq")
    op.execute("INSERT INTO log_queue (leaf, held, queued_at) SELECT leaf, true, NULL FROM speech ORDER BY id")



def downgrade() -> None:
    with op.batch_alter_table('speech', schema=None) as batch_op:
        batch_op.drop_index('ix_speech_leaf')

    with op.batch_alter_table('facts', schema=None) as batch_op:
        batch_op.drop_index('ix_facts_leaf')

    op.drop_table('log_cosignatures')
    op.drop_table('logs')
    op.drop_table('log_witnesses')
    op.drop_table('log_tiles')
    with op.batch_alter_table('log_queue', schema=None) as batch_op:
        batch_op.drop_index('ix_log_queue_held_seq')

    op.drop_table('log_queue')
    op.drop_table('log_heads')
    op.drop_table('log_entries')
    op.drop_table('log_dummies')
