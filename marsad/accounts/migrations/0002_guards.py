"""What the database itself sees to: an audit that only grows, and no role held twice at a time."""

from django.db import migrations

# The embedded PostgreSQL has no btree_gist, so an exclusion constraint can compare ranges only: numbers and texts are made some.
ROLES = """
CREATE TYPE accounts_exactly AS RANGE (SUBTYPE = text, COLLATION = "C");
ALTER TABLE accounts_membership ADD CONSTRAINT membership_once EXCLUDE USING gist (
    int8range(person_id, person_id, '[]') WITH &&,
    accounts_exactly(role, role, '[]') WITH &&,
    accounts_exactly(entity_code, entity_code, '[]') WITH &&,
    tstzrange(since, until) WITH &&
);
"""
NO_ROLES = """
ALTER TABLE accounts_membership DROP CONSTRAINT membership_once;
DROP TYPE accounts_exactly;
"""

AUDIT = """
CREATE FUNCTION accounts_audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit only grows: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION accounts_audit_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> OLD.number + 1 OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'the audit only grows: its end moves on by one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON accounts_action
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_only_grows();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON accounts_action
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_only_grows();
CREATE TRIGGER audit_moves_on BEFORE UPDATE ON accounts_auditend
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_moves_on();
CREATE TRIGGER audit_keeps_its_end BEFORE DELETE ON accounts_auditend
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_only_grows();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON accounts_auditend
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_only_grows();
"""
NO_AUDIT = """
DROP TRIGGER audit_only_grows ON accounts_action;
DROP TRIGGER audit_is_not_emptied ON accounts_action;
DROP TRIGGER audit_moves_on ON accounts_auditend;
DROP TRIGGER audit_keeps_its_end ON accounts_auditend;
DROP TRIGGER audit_is_not_emptied ON accounts_auditend;
DROP FUNCTION accounts_audit_only_grows();
DROP FUNCTION accounts_audit_moves_on();
"""


class Migration(migrations.Migration):
    """Triggers and the exclusion constraint."""

    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(ROLES, NO_ROLES),
        migrations.RunSQL(AUDIT, NO_AUDIT),
    ]
