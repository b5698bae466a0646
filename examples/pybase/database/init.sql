-- Run once by psql as superuser, in a new server. The environment names the files that hold the passwords.

\set app `cat "$APP_PASSWORD_FILE"`
CREATE ROLE pybase LOGIN PASSWORD :'app';
CREATE DATABASE pybase OWNER pybase;

-- What postgres_exporter needs: a role that may read statistics and nothing else, and the statistics of statements.
\connect pybase
\set monitor `cat "$MONITOR_PASSWORD_FILE"`
CREATE ROLE monitor LOGIN CONNECTION LIMIT 5 PASSWORD :'monitor';
GRANT pg_monitor TO monitor;
CREATE EXTENSION pg_stat_statements;

-- When all connections are taken, somebody must still be able to say so (PostgreSQL 16 and newer).
SELECT current_setting('server_version_num')::int >= 160000 AS reserves \gset
\if :reserves
GRANT pg_use_reserved_connections TO monitor;
\endif
