using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>Servers that speak TLS only.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("salon-redis-tls-").FullName;
    private readonly X509Certificate2 _certificate;

    public TlsTests()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(_folder, "cert.pem"), _certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    [Fact]
    public async Task Commands_and_messages_go_over_tls()
    {
        await using var server = await StartAsync();
        await using var client = new TestClient(Options(server) with
        {
            CertificateValidation = (_, certificate, _, _) => certificate!.GetCertHashString() == _certificate.GetCertHashString(),
        });
        var value = new byte[1_000_000];
        Random.Shared.NextBytes(value);
        var received = 0;
        await using var subscription = await client.Redis.SubscribeAsync("c", message => Volatile.Write(ref received, message.Payload.Length)).Soon();

        await client.Redis.SetAsync("a", value).Soon();
        Assert.True((await client.Redis.GetAsync("a").Soon())!.Value.Span.SequenceEqual(value));
        await client.Redis.PublishAsync("c", value).Soon();
        await Eventually.Async("it is there", () => Volatile.Read(ref received) == value.Length);
        await Task.WhenAll(Enumerable.Range(0, 5000).Select(_ => client.Redis.IncrementAsync("count"))).Soon();
        Assert.Equal(5001, await client.Redis.IncrementAsync("count").Soon());
    }

    [Fact]
    public async Task A_certificate_that_nobody_knows_is_refused()
    {
        await using var server = await StartAsync();
        await using var client = new TestClient(Options(server));
        client.Logs.Expect("certificate");

        await Eventually.Async("it is said", () => client.Logs.Entries.Any(static entry => entry.Message.Contains("certificate", StringComparison.Ordinal)));
        Assert.Equal(RedisState.Disconnected, client.Redis.State);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static RedisOptions Options(RedisServer server) => TestClient.Quick($"rediss://localhost:{server.Port}");

    private Task<RedisServer> StartAsync() => RedisServer.StartAsync(
        "--port", "0",
        "--tls-port", "{port}",
        "--tls-cert-file", Path.Combine(_folder, "cert.pem"),
        "--tls-key-file", Path.Combine(_folder, "key.pem"),
        "--tls-ca-cert-file", Path.Combine(_folder, "cert.pem"),
        "--tls-auth-clients", "no");
}
