using Dapper;
using Microsoft.Data.Sqlite;
using Salon.App.Hosting;

namespace Salon.App.Storage.Sqlite;

/// <summary>The tables, and the steps from one version of them to the next. A step is never changed once it was released.</summary>
internal static class SqliteSchema
{
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE rooms (
            id         INTEGER PRIMARY KEY,
            key        TEXT    NOT NULL UNIQUE,
            name       TEXT    NOT NULL,
            created_by TEXT    NOT NULL,
            created_at INTEGER NOT NULL,
            head       INTEGER NOT NULL DEFAULT 0
        );

        CREATE TABLE messages (
            room_id       INTEGER NOT NULL REFERENCES rooms (id),
            seq           INTEGER NOT NULL,
            id            TEXT    NOT NULL UNIQUE,
            username      TEXT    NOT NULL,
            text          TEXT    NOT NULL,
            time          INTEGER NOT NULL,
            client_msg_id TEXT,
            reply_to      INTEGER,
            PRIMARY KEY (room_id, seq)
        ) WITHOUT ROWID;

        CREATE UNIQUE INDEX messages_by_client_msg_id ON messages (room_id, username, client_msg_id) WHERE client_msg_id IS NOT NULL;
        """,

        // Rooms may go: since when nobody has been known to be in one, and a number that is never given twice.
        """
        ALTER TABLE rooms ADD COLUMN kept_at INTEGER NOT NULL DEFAULT 0;
        UPDATE rooms SET kept_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000;

        CREATE TABLE room_ids (last INTEGER NOT NULL);
        INSERT INTO room_ids (last) SELECT coalesce(max(id), 0) FROM rooms;
        """,
    ];

    public static void Upgrade(SqliteConnection connection)
    {
        var version = connection.ExecuteScalar<int>("PRAGMA user_version");

        if (version > Steps.Length)
        {
            throw new SettingsException(
                $"DATA_DIR holds the data of a newer Salon (version {version} of the tables, this program knows {Steps.Length}).");
        }

        for (; version < Steps.Length; version++)
        {
            using var transaction = connection.BeginTransaction();
            connection.Execute(Steps[version], transaction: transaction);
            connection.Execute($"PRAGMA user_version = {version + 1}", transaction: transaction);
            transaction.Commit();
        }
    }
}
