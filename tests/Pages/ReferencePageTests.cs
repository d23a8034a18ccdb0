using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages;

/// <summary>
/// The reference of the API at <c>/docs</c>, in a browser that reaches this server only.
/// </summary>
[Collection(PageCollection.Name)]
public sealed class ReferencePageTests(PageServer pages)
{
    [Fact]
    public async Task Reference_shows_the_operations_and_loads_nothing_from_other_hosts()
    {
        await using var window = await pages.WindowAsync(script: true, policy: true);
        var requested = new ConcurrentBag<string>();
        var complaints = new ConcurrentBag<string>();
        await window.RouteAsync("**/*", async route =>
        {
            requested.Add(route.Request.Url);
            if (new Uri(route.Request.Url).Authority == pages.Server.Url.Authority)
                await route.ContinueAsync();
            else
                await route.AbortAsync();
        });
        var page = await window.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
        var answer = await page.GotoAsync(new Uri(pages.Server.Url, "/docs").ToString());
        Assert.StartsWith(
            "default-src 'none'; script-src 'self'; ",
            await answer!.HeaderValueAsync("content-security-policy"),
            StringComparison.Ordinal
        );
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Lists the open campaigns, newest first." }))
            .ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("/api/campaigns", new() { Exact = true }).First).ToBeVisibleAsync();
        Assert.All(requested, url => Assert.Equal(pages.Server.Url.Authority, new Uri(url).Authority));
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Scripts_are_cached_for_good_and_served_without_gzip_too()
    {
        var html = await pages.Server.Http.GetStringAsync("/docs");
        foreach (var name in (string[])["scalar.", "reference."])
        {
            var start = html.IndexOf("docs/" + name, StringComparison.Ordinal);
            var address = "/" + html[start..html.IndexOf('"', start)];
            using var packed = new HttpRequestMessage(HttpMethod.Get, address);
            packed.Headers.AcceptEncoding.ParseAdd("gzip");
            foreach (var request in (HttpRequestMessage[])[new(HttpMethod.Get, address), packed])
            {
                var answer = await pages.Server.Http.SendAsync(request);
                Assert.Equal(200, (int)answer.StatusCode);
                Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
                Assert.Equal("text/javascript", answer.Content.Headers.ContentType?.MediaType);
                var bytes = await answer.Content.ReadAsByteArrayAsync();
                Assert.Equal(answer.Content.Headers.ContentEncoding.Contains("gzip"), bytes is [0x1f, 0x8b, ..]);
            }
        }
    }
}
