using Microsoft.Extensions.Configuration;
using Salon.App.Hosting;

namespace Salon.App.Tests;

/// <summary>A wrong setting stops the start with one line that names it.</summary>
public class SettingsTests
{
    [Theory]
    [InlineData("PORT", "abc")]
    [InlineData("PORT", "-1")]
    [InlineData("PORT", "65536")]
    [InlineData("PORT", "3000.5")]
    [InlineData("HOST", "not a host")]
    [InlineData("HOST", "http://localhost")]
    [InlineData("REDIS_URL", "redis://localhost")]
    [InlineData("REDIS_HOST", "localhost")]
    [InlineData("DATABASE_URL", "postgres://localhost")]
    [InlineData("ADMIN_PASSWORD", "short")]
    public void A_wrong_value_is_named_in_one_line(string name, string value)
    {
        var exception = Assert.Throws<SettingsException>(() => Read((name, value)));

        Assert.Contains(name, exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Without_settings_the_app_listens_on_localhost_3000_and_writes_to_data()
    {
        var settings = Read();

        Assert.Equal("http://localhost:3000", settings.Url);
        Assert.Equal(Path.GetFullPath("data"), settings.DataDirectory);
        Assert.Equal(Environment.MachineName, settings.NodeId);
        Assert.Null(settings.Admin);
    }

    [Theory]
    [InlineData("0.0.0.0", "http://0.0.0.0:80")]
    [InlineData("::1", "http://[::1]:80")]
    [InlineData("salon.example", "http://salon.example:80")]
    public void An_address_is_taken_as_it_is(string host, string url) => Assert.Equal(url, Read(("HOST", host), ("PORT", "80")).Url);

    [Fact]
    public void A_directory_that_is_a_file_is_refused()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "file");
        File.WriteAllText(file, "");

        var exception = Assert.Throws<SettingsException>(() => StartUp.Build(["--PORT", "0", "--HOST", "127.0.0.1", "--DATA_DIR", file]));

        Assert.Contains("DATA_DIR", exception.Message);
    }

    [Fact]
    public async Task A_directory_serves_one_process()
    {
        using var data = new TemporaryDirectory();
        await using var server = await AppServer.StartAsync(data);

        var exception = Assert.Throws<SettingsException>(() => StartUp.Build(["--PORT", "0", "--HOST", "127.0.0.1", "--DATA_DIR", data.Path]));

        Assert.Contains("DATA_DIR", exception.Message);
        Assert.Contains("another Salon", exception.Message);
    }

    private static AppSettings Read(params (string Name, string Value)[] environment) => AppSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(environment.Select(static pair => KeyValuePair.Create(pair.Name, (string?)pair.Value)))
        .Build());
}
