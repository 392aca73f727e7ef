using System.Diagnostics;
using System.Globalization;
using Salon.Tests;

namespace Salon.Samples.Tests;

/// <summary>A page on Salon and a page on Flask-SocketIO, in Python, over one bus.</summary>
public class FlaskBusTests(BrowserFixture browser)
{
    // Python starts as fast as the machine lets it.
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_page_of_Salon_and_a_page_of_Flask_hear_each_other_once()
    {
        ExternalProgram.Require("/usr/lib/python3/dist-packages/flask_socketio/__init__.py", "apt-get install python3-flask-socketio");
        ExternalProgram.Require("/usr/lib/python3/dist-packages/redis/__init__.py", "apt-get install python3-redis");
        await using var redis = await RedisServer.StartAsync();
        using var sample = await Sample.StartAsync("FlaskBus", ("REDIS_URL", redis.Url), ("OLD_PYTHON", "on"));
        var flaskAddress = new Uri($"http://127.0.0.1:{Repository.FindFreePort()}");
        using var flask = StartFlask(flaskAddress, sample.Address, redis.Url);

        try
        {
            await WaitAsync(flaskAddress);
            var onSalon = await browser.OpenAsync(sample.Address);
            var onFlask = await browser.OpenAsync(flaskAddress);
            await onSalon.GetByText("Connected.").WaitForAsync();
            await onFlask.GetByText("Connected.").WaitForAsync();

            foreach (var (page, name) in new[] { (onSalon, "Salon"), (onFlask, "Flask") })
            {
                await page.FillAsync("#input", "ça va ?");
                await page.Keyboard.PressAsync("Enter");
                await onSalon.GetByText($"Over {name}: ça va ?").WaitForAsync();
                await onFlask.GetByText($"Over {name}: ça va ?").WaitForAsync();
            }

            Assert.Equal(["Over Salon: ça va ?", "Over Flask: ça va ?"], await onSalon.Locator("li").AllTextContentsAsync());
            Assert.Equal(["Over Salon: ça va ?", "Over Flask: ça va ?"], await onFlask.Locator("li").AllTextContentsAsync());
        }
        finally
        {
            flask.Kill(entireProcessTree: true);
        }
    }

    private static Process StartFlask(Uri address, Uri salon, string redis)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["app.py"])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "samples/FlaskBus/flask"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["FLASK_PORT"] = address.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["SALON_URL"] = salon.ToString().TrimEnd('/');
        start.Environment["REDIS_URL"] = redis;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task WaitAsync(Uri address)
    {
        using var http = new HttpClient();

        await Eventually.Async(
            $"{address} answers",
            async () =>
            {
                try
                {
                    return (await http.GetAsync(address)).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            StartPatience);
    }
}
