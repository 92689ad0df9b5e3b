-- Reads V$SYSTEM_PARAMETER (no licence): values of the instance, not of our session. Needs READ.
SELECT name, value, isdefault, ismodified, isses_modifiable, issys_modifiable FROM v$system_parameter
