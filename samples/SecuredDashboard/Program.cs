// A dashboard for those who have a token (JWT, HS256): made and checked with nothing but the base library, given in the auth payload,
// never in an address. PORT=3000 by default; DASHBOARD_PASSWORD, or one that the program makes up and writes down.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Salon.SocketIO;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls($"http://localhost:{Port.Of(builder.Configuration)}");
builder.Services.AddSocketIO();

var app = builder.Build();
var password = builder.Configuration["DASHBOARD_PASSWORD"] ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
var lifetime = TimeSpan.FromSeconds(builder.Configuration.GetValue("TOKEN_SECONDS", 900));
var tokens = new Tokens(RandomNumberGenerator.GetBytes(32));
Console.WriteLine($"The password is {(builder.Configuration["DASHBOARD_PASSWORD"] is null ? password : "what DASHBOARD_PASSWORD says")}.");
app.UseDefaultFiles();
app.UseStaticFiles();

app.MapPost("/login", (Login login) =>
{
    // Hashed first, so that neither what is compared nor how long it is takes a different time.
    var isRight = CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(login.Password ?? "")), SHA256.HashData(Encoding.UTF8.GetBytes(password)));
    return isRight && login.Username is { Length: > 0 and <= 32 }
        ? Results.Ok(new { token = tokens.Sign(login.Username, DateTimeOffset.UtcNow + lifetime) })
        : Results.Problem("Wrong name or password.", statusCode: StatusCodes.Status401Unauthorized);
});

var io = app.MapSocketIO();
io.Use(socket =>
{
    var given = socket.Handshake.Auth.TryGetProperty("token", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
    socket.Data["claims"] = tokens.Validate(given, DateTimeOffset.UtcNow);
    return socket.Data["claims"] is null ? new ConnectError("The token is not valid.", new { code = "unauthorized" }) : null;
});

io.OnConnection(async socket =>
{
    var claims = (Claims)socket.Data["claims"]!;
    await socket.EmitAsync("hello", claims.Sub);

    // A connection does not outlive the token with which it was opened.
    _ = Task.Delay(DateTimeOffset.FromUnixTimeSeconds(claims.Exp) - DateTimeOffset.UtcNow)
        .ContinueWith(_ => socket.Disconnect(close: true), TaskScheduler.Default);
});

using var timer = new Timer(_ => io.EmitAsync("load", new { memory = Environment.WorkingSet, threads = ThreadPool.ThreadCount }), null, 1000, 1000);
app.Run();

internal sealed record Login(string? Username, string? Password);

internal sealed record Claims(string Sub, long Exp);

/// <summary>JSON Web Tokens (RFC 7519) with one algorithm. A token does not choose how it is checked: its header is compared, not obeyed.</summary>
internal sealed class Tokens(byte[] key)
{
    private static readonly string Header = Encode("""{"alg":"HS256","typ":"JWT"}"""u8);

    public string Sign(string subject, DateTimeOffset expires)
    {
        var content = $"{Header}.{Encode(JsonSerializer.SerializeToUtf8Bytes(new Claims(subject, expires.ToUnixTimeSeconds()), JsonSerializerOptions.Web))}";
        return $"{content}.{Encode(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(content)))}";
    }

    /// <returns>What the token says; <see langword="null"/> when it is forged, broken, or too old.</returns>
    public Claims? Validate(string token, DateTimeOffset now)
    {
        if (token.Length > 4096 || token.Split('.') is not [var header, var payload, var signature] || header != Header)
        {
            return null;
        }

        // The signature first: what is not ours is not even read.
        var expected = Encode(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{header}.{payload}")));

        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.ASCII.GetBytes(expected))
            && JsonSerializer.Deserialize<Claims>(System.Buffers.Text.Base64Url.DecodeFromChars(payload), JsonSerializerOptions.Web) is { } claims
            && DateTimeOffset.FromUnixTimeSeconds(claims.Exp) > now
                ? claims
                : null;
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
