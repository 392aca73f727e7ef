namespace Salon.Redis.Connections;

/// <summary>Who the client says it is, and which database it wants.</summary>
internal readonly record struct Credentials(string? User, string? Password, int Database = 0)
{
    // A record would write the password.
    public override string ToString() => User ?? "default";
}
