using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Salon.Tests;

namespace Salon.Samples.Tests;

/// <summary>Who sees the dashboard, and for how long.</summary>
public class SecuredDashboardTests(BrowserFixture browser)
{
    private const string Password = "correct horse";

    [Fact]
    public async Task With_the_password_the_page_shows_the_load_and_without_it_says_why_not()
    {
        using var sample = await Sample.StartAsync("SecuredDashboard", ("DASHBOARD_PASSWORD", Password));
        var page = await browser.OpenAsync(sample.Address);

        await page.FillAsync("[name=username]", "Alice");
        await page.FillAsync("[name=password]", "wrong");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("Wrong name or password.").WaitForAsync();
        await page.FillAsync("[name=password]", Password);
        await page.Keyboard.PressAsync("Enter");

        await page.GetByText("Hello Alice.").WaitForAsync();
        await page.Locator("#memory").GetByText("MiB").WaitForAsync();
    }

    [Fact]
    public async Task When_the_token_is_too_old_the_connection_ends()
    {
        // Time enough for a browser on a busy machine to show the page before it is over.
        using var sample = await Sample.StartAsync("SecuredDashboard", ("DASHBOARD_PASSWORD", Password), ("TOKEN_SECONDS", "8"));
        var page = await browser.OpenAsync(sample.Address);

        await page.FillAsync("[name=username]", "Alice");
        await page.FillAsync("[name=password]", Password);
        await page.Keyboard.PressAsync("Enter");

        await page.GetByText("Hello Alice.").WaitForAsync();
        await page.GetByText("Your time is over.").WaitForAsync();
    }

    [Fact]
    public async Task Only_a_token_that_was_signed_here_opens_a_connection()
    {
        using var sample = await Sample.StartAsync("SecuredDashboard", ("DASHBOARD_PASSWORD", Password));
        using var login = await sample.Http.PostAsJsonAsync("/login", new { username = "Alice", password = Password });
        var token = (await login.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        var (header, payload, signature) = (token.Split('.')[0], token.Split('.')[1], token.Split('.')[2]);
        var none = Encode("""{"alg":"none","typ":"JWT"}""");
        var mallory = Encode("""{"sub":"Mallory","exp":4102444800}""");
        var ofAnotherKey = Convert.ToBase64String(HMACSHA256.HashData(new byte[32], Encoding.ASCII.GetBytes($"{header}.{mallory}"))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

        Assert.StartsWith("40{", await ConnectAsync(sample, JsonSerializer.Serialize(new { token })));

        foreach (var auth in new object[]
        {
            new { },
            new { token = 5 },
            new { token = "" },
            new { token = "a.b" },
            new { token = $"{none}.{payload}." },
            new { token = $"{none}.{payload}.{signature}" },
            new { token = $"{header}.{mallory}.{signature}" },
            new { token = $"{header}.{mallory}.{ofAnotherKey}" },
            new { token = $"{header}.{payload}.{signature}=" },
            new { token = $"{header}.{payload}.é" },
            new { token = new string('x', 10_000) },
        })
        {
            var answer = await ConnectAsync(sample, JsonSerializer.Serialize(auth));
            Assert.StartsWith("44{", answer);
            Assert.Contains("unauthorized", answer);
        }

        using var nobody = await sample.Http.PostAsJsonAsync("/login", new { });
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    private static string Encode(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static async Task<string?> ConnectAsync(Sample sample, string auth)
    {
        await using var client = await RawWebSocketClient.OpenAsync(sample.Address, "/socket.io/");
        await client.SendAsync($"40{auth}");
        return await client.ReceiveAsync();
    }
}
