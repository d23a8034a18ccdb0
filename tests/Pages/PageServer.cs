using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages;

/// <summary>
/// One server and one browser for all page tests: starting both costs more than any of the tests.
/// </summary>
public sealed class PageServer : SharedServer
{
    private const string BrowserVariable = "CAMPAIGN_TEST_CHROMIUM";

    // The port is known beforehand, so that links in letters lead to this server.
    private readonly string _url = $"http://127.0.0.1:{TestPorts.Next()}";
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    protected override string[] Settings =>
        [
            "--environment",
            "Development",
            "--urls",
            _url,
            $"--PublicUrl={_url}",
            "--Limits:Enabled=false",
            // The most detailed logging an operator can set, to the file only, which tests search for personal
            // data.
            "--Logging:LogLevel:Default=Trace",
            "--Logging:LogLevel:Microsoft=Trace",
            "--Logging:LogLevel:Campaigns.Api.Requests=Trace",
            "--Logging:Console:LogLevel:Default=None",
            "--Logging:Console:LogLevel:Microsoft=None",
        ];

    /// <summary>
    /// An open campaign with recipients of every kind: high and low risk, names, initials and
    /// numbers only.
    /// </summary>
    protected override Task<string> OpenAsync() => Server.OpenCampaignAsync("pages", body => body["recipients"]!
                .AsArray()
                .Add(
                    new JsonObject
                    {
                        ["key"] = "ministry",
                        ["name"] = "Ministry of Foreign Affairs",
                        ["address"] = "The Hague",
                        ["countries"] = null,
                        ["risk"] = "low",
                        ["maxDisclosure"] = "name",
                    }
                ));

    /// <summary>
    /// Opens a new browser context with that language; disposing closes its pages. Scripts are
    /// disabled by default. With scripts the page policy is off, so that axe-core can run, unless
    /// <paramref name="policy"/> asks for it.
    /// </summary>
    public async Task<IBrowserContext> WindowAsync(
        string locale = "en",
        int width = 1280,
        bool script = false,
        bool policy = false
    )
    {
        _playwright ??= await Playwright.CreateAsync();
        // A slow machine is not a failure.
        Assertions.SetDefaultExpectTimeout(30_000);
        _browser ??= await _playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Environment.GetEnvironmentVariable(BrowserVariable) ?? "/usr/bin/chromium",
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
        return await _browser.NewContextAsync(
            new()
            {
                BaseURL = Server.Url.ToString(),
                Locale = locale,
                JavaScriptEnabled = script,
                BypassCSP = script && !policy,
                ViewportSize = new() { Width = width, Height = 800 },
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
    }

    public override async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        await base.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class PageCollection : ICollectionFixture<PageServer>
{
    public const string Name = "pages";
}
