-- Reads SESSION_PRIVS: what this session may do. Needs nothing.
SELECT privilege FROM session_privs WHERE privilege = 'SELECT ANY DICTIONARY'
