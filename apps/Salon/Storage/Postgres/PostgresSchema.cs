using Dapper;
using Npgsql;
using Salon.App.Hosting;

namespace Salon.App.Storage.Postgres;

/// <summary>
/// The tables, and the steps from one version of them to the next. A step is never changed once it was released, and leaves what the
/// version before it works with, since nodes are replaced one by one.
/// </summary>
internal static class PostgresSchema
{
    /// <summary>What all nodes agree on, among the advisory locks of the database, to change its tables one after the other.</summary>
    private const long UpgradeLock = 0x53616C6F6E_01;

    /// <summary>How long to wait for a node that is changing the tables.</summary>
    private const int UpgradeSeconds = 300;

    private static readonly string[] Steps =
    [
        """
        CREATE TABLE rooms (
            id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            key        text        COLLATE "C" NOT NULL UNIQUE,
            name       text        NOT NULL,
            created_by text        NOT NULL,
            created_at timestamptz NOT NULL,
            head       bigint      NOT NULL DEFAULT 0
        ) WITH (fillfactor = 50);  -- each message changes a row, in place where there is room for it

        CREATE TABLE messages (
            room_id       bigint      NOT NULL REFERENCES rooms (id),
            seq           bigint      NOT NULL,
            id            uuid        NOT NULL UNIQUE,
            username      text        COLLATE "C" NOT NULL,
            text          text        NOT NULL,
            time          timestamptz NOT NULL,
            client_msg_id text        COLLATE "C",
            reply_to      bigint,
            PRIMARY KEY (room_id, seq)
        );

        CREATE UNIQUE INDEX messages_by_client_msg_id ON messages (room_id, username, client_msg_id) WHERE client_msg_id IS NOT NULL;
        """,

        // Since when nobody has been known to be in a room. No index: one whose condition is the head would move a row at each message.
        """
        ALTER TABLE rooms ADD COLUMN kept_at timestamptz NOT NULL DEFAULT now();
        """,
    ];

    /// <summary>Brings the tables up to date. Other nodes that start at the same time wait until it is done.</summary>
    /// <exception cref="SettingsException">The database is not one that this program can use.</exception>
    public static void Upgrade(NpgsqlConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute("SELECT pg_advisory_xact_lock(@UpgradeLock)", new { UpgradeLock }, transaction, UpgradeSeconds);

        if (connection.ExecuteScalar<string>("SHOW server_encoding", transaction: transaction) is not "UTF8" and var encoding)
        {
            throw new SettingsException($"DATABASE_URL leads to a database with the encoding {encoding}; Salon needs UTF8.");
        }

        connection.Execute("CREATE TABLE IF NOT EXISTS salon_schema (version integer NOT NULL)", transaction: transaction);
        var version = connection.ExecuteScalar<int>("SELECT coalesce(max(version), 0) FROM salon_schema", transaction: transaction);

        if (version > Steps.Length)
        {
            throw new SettingsException(
                $"DATABASE_URL leads to the data of a newer Salon (version {version} of the tables, this program knows {Steps.Length}).");
        }

        for (; version < Steps.Length; version++)
        {
            connection.Execute(Steps[version], transaction: transaction, commandTimeout: UpgradeSeconds);
            connection.Execute("INSERT INTO salon_schema (version) VALUES (@version)", new { version = version + 1 }, transaction);
        }

        transaction.Commit();
    }
}
