using Campaigns.Db.Timeline;

namespace Campaigns.Tests.Unit.Timeline;

public sealed class MarkdownTests
{
    private const string Relation = "rel=\"noopener nofollow\"";

    [Theory]
    [InlineData("a **b**", "<p>a <strong>b</strong></p>")]
    [InlineData("# Title", "<h4>Title</h4>")]
    [InlineData("[a](https://example.org/?x&y)", $"<p><a href=\"https://example.org/?x&amp;y\" {Relation}>a</a></p>")]
    [InlineData("[a](mailto:a@example.org)", $"<p><a href=\"mailto:a@example.org\" {Relation}>a</a></p>")]
    [InlineData("<https://example.org>", $"<p><a href=\"https://example.org\" {Relation}>https://example.org</a></p>")]
    [InlineData("![p](https://example.org/p.png)", $"<p><a href=\"https://example.org/p.png\" {Relation}>p</a></p>")]
    public void Markdown_becomes_html(string text, string html) => Assert.Equal(html, Markdown.ToHtml(text).Trim());

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("a <img src=x onerror=alert(1)> b")]
    [InlineData("[a](javascript:alert(1))")]
    [InlineData("[a](JaVaScRiPt:alert(1))")]
    [InlineData("[a](&#106;avascript:alert(1))")]
    [InlineData("[a](java\nscript:alert(1))")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("[a](data:text/html;base64,PHNjcmlwdD4=)")]
    [InlineData("![a](data:image/png;base64,AAAA)")]
    [InlineData("[a](vbscript:x)")]
    [InlineData("[a](file:///etc/passwd)")]
    [InlineData("[a](/my)")]
    [InlineData("[a](//example.org)")]
    [InlineData("[a][1]\n\n[1]: javascript:alert(1)")]
    [InlineData("**[a](javascript:x) [![b](data:x)](javascript:y)**")]
    public void Markdown_has_no_html_and_no_other_links(string text)
    {
        var html = Markdown.ToHtml(text);
        Assert.DoesNotContain("<a", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Text_nested_too_deeply_is_not_readable()
    {
        Assert.True(Markdown.IsReadable("> > a"));
        Assert.False(Markdown.IsReadable(new string('>', 5_000) + " a"));
    }
}
