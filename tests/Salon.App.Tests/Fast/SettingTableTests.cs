using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Salon.App.Hosting;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>One table of nasty values for every setting: each is taken, or refused in one line that names it.</summary>
[Trait("Stage", "fast")]
public partial class SettingTableTests
{
    private static readonly string Huge = new('9', 10_000);

    private static readonly string[] NastyValues =
    [
        " ", "\t", "\n", "a\nb", "3000\n", "\r\n3000", " 3000", "3000 ", "-", "-1", "-x", "+1", "0", "00", "1", "0x10", "1e3", "1.5", "1,5", "65536", "4294967296",
        "99999999999999999999", Huge, "٣٠٠٠", "３０００", "NaN", "∞", "Infinity", "\u0000", "a\u0000b", "\u001b[31m", "\u202e", "\ud800", "\ufeff", "user@", "@", "://", "http://",
        "postgres://", "redis://", "redis://user@", "*", "+", "[", "[::1", "::1", "0.0.0.0", "127.1", "256.1.1.1", "/", "/no/such/file", "/dev/null", "/dev/zero",
        "/proc/self/mem", ".", "..", "~", "$HOME", "%", "%00", "%0a", "on", "ON", "off", "yes", "true", "null", "\"", "'", "…", "e\u0301", "😀",
    ];

    public static IEnumerable<TheoryDataRow<string>> Names() => SettingNames().Select(static name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Whatever_a_setting_holds_it_is_taken_or_refused_in_one_line_that_names_it(string name)
    {
        foreach (var value in NastyValues)
        {
            try
            {
                AppSettings.Read(With((name, value)));
            }
            catch (SettingsException exception)
            {
                Assert.Contains(name, exception.Message);
                Assert.DoesNotContain(exception.Message, char.IsControl);
                Assert.InRange(exception.Message.Length, 1, 500);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_empty_setting_is_one_that_is_not_set(string name) =>
        Assert.Equal(AppSettings.Read(With(("NODE_ID", "one"))), AppSettings.Read(name == "NODE_ID" ? With(("NODE_ID", "one")) : With(("NODE_ID", "one"), (name, ""))));

    [Theory]
    [InlineData("PORT", "٣٠٠٠")]
    [InlineData("PORT", "3000\n")]
    [InlineData("PORT", "+80")]
    [InlineData("PORT", "99999999999999999999")]
    [InlineData("HOST", "0")]
    [InlineData("HOST", "1")]
    [InlineData("HOST", "127.1")]
    [InlineData("HOST", "0x7f000001")]
    [InlineData("HOST", "256.1.1.1")]
    [InlineData("HOST", "*")]
    [InlineData("HOST", "+")]
    [InlineData("HOST", " localhost")]
    [InlineData("HOST", "localhost\n")]
    [InlineData("DATA_DIR", " ")]
    [InlineData("DATA_DIR", "data\n")]
    [InlineData("DATABASE_URL", "postgres://salon:se%00cret@localhost/salon")]
    [InlineData("DATABASE_URL", "postgres://salon:secret@localhost/salon\n")]
    [InlineData("DATABASE_URL", "postgres://salon:secret@localhost/salon?sslmode=require&sslmode=disable")]
    [InlineData("NODE_ID", "node-1\n")]
    [InlineData("ADMIN_PASSWORD", "very secret\n")]
    [InlineData("ADMIN_PASSWORD", "        ")]
    [InlineData("ADMIN_MODE", "Development")]
    [InlineData("ADMIN_MODE", "on")]
    [InlineData("STATUS_TOKEN", "too short")]
    [InlineData("STATUS_TOKEN", "fifteen-letters")]
    [InlineData("STATUS_TOKEN", "a secret with blanks in it")]
    [InlineData("STATUS_TOKEN", "secret\u00e9-of-sixteen")]
    [InlineData("STATUS_TOKEN", "secret=in=the=middle")]
    [InlineData("STATUS_TOKEN", "a-very-secret-token-01\n")]
    [InlineData("STOCKS_SPEED", "NaN")]
    [InlineData("STOCKS_SPEED", "-1")]
    [InlineData("STOCKS_SEED", "9223372036854775808")]
    [InlineData("STOCKS_CSV", "/")]
    [InlineData("STOCKS_CSV", "/dev/zero")]
    [InlineData("STREAMS_PER_ADDRESS", "0")]
    public void What_is_wrong_is_refused(string name, string value)
    {
        var message = Assert.Throws<SettingsException>(() => AppSettings.Read(With((name, value)))).Message;

        Assert.Contains(name, message);
        Assert.DoesNotContain("secret", message);
    }

    [Fact]
    public void The_documentation_lists_every_setting_and_no_other()
    {
        var documented = File.ReadLines(Path.Combine(Repository.Root, "docs/operations/settings.md"))
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(static line => SettingName().Matches(line.Split('|')[1]).Select(static match => match.Groups[1].Value))
            .Where(static name => !name.StartsWith("Logging__", StringComparison.Ordinal));

        Assert.Equal(SettingNames().Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    /// <summary>What the code asks for, whatever else is set.</summary>
    private static List<string> SettingNames()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);

        foreach (var asked in new[] { With(), With(("REDIS_HOST", "cache")), With(("REDIS_URL", "redis://cache")), With(("DATABASE_URL", "postgres://salon@db/chat")) })
        {
            var recording = new Recording(asked, names);
            AppSettings.Read(recording);
        }

        return [.. names];
    }

    private static IConfiguration With(params (string Name, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(static setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
        .Build();

    [GeneratedRegex("`([A-Za-z_]+)`")]
    private static partial Regex SettingName();

    private sealed class Recording(IConfiguration inner, SortedSet<string> names) : IConfiguration
    {
        public string? this[string key]
        {
            get
            {
                names.Add(key);
                return inner[key];
            }

            set => inner[key] = value;
        }

        public IEnumerable<IConfigurationSection> GetChildren() => inner.GetChildren();

        public IChangeToken GetReloadToken() => inner.GetReloadToken();

        public IConfigurationSection GetSection(string key) => inner.GetSection(key);
    }
}
