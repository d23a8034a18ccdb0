using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Checks the structure of a tagged PDF by the rules of ISO 19005-2 level A (6.7) and ISO 14289-1
/// (PDF/UA-1). The names are those of veraPDF's public profiles. Checked: 5 identification, 7.1
/// marked content, suspects, standard types and title, 7.2 language, tables and lists, 7.3 figures,
/// 7.4.2 headings, 7.5 header cells, 7.18.3 tab order, and that the tree of parents leads back from
/// every marked content to its element.
/// </summary>
internal sealed class PdfAccessibility(PdfStandard pdf)
{
    private static readonly Dictionary<string, string[]> _children = new()
    {
        ["/Table"] = ["/TR"],
        ["/TR"] = ["/TH", "/TD"],
        ["/L"] = ["/LI"],
        ["/LI"] = ["/Lbl", "/LBody"],
        ["/BlockQuote"] = ["/P"],
        ["/Document"] = ["/H1", "/H2", "/P", "/Table", "/L", "/BlockQuote", "/Figure"],
    };

    private readonly Dictionary<(string Page, int Mark), string> _marks = [];
    private readonly List<string> _headings = [];

    private PdfObjects Objects => pdf.Objects;

    public IReadOnlyList<string> Headings => _headings;

    public void Check()
    {
        var id = (XNamespace)"http://www.aiim.org/pdfua/ns/id/";
        Assert.Equal("1", pdf.Metadata.Descendants(id + "part").Single().Value);
        var info = Objects.Get(Objects.Catalogue, "/MarkInfo")!.Value;
        Assert.True(Objects.Get(info, "/Marked")!.Value.GetBoolean());
        Assert.Null(Objects.Get(info, "/Suspects"));
        var tree = Objects.Get(Objects.Catalogue, "/StructTreeRoot")!.Value;
        Assert.Null(Objects.Get(tree, "/RoleMap"));
        var root = Objects.Reference(tree, "/K");
        Assert.Equal("/Document", Objects.Text(Objects.Get(tree, "/K")!.Value, "/S"));
        Walk(root, Objects.Reference(Objects.Catalogue, "/StructTreeRoot"));
        Assert.Equal("/H1", _headings[0]);
        Assert.Single(_headings, "/H1");
        Assert.All(_headings, heading => Assert.Matches("^/H[12]$", heading));
        CheckPages(Objects.Get(tree, "/ParentTree")!.Value);
        CheckBookmarks();
    }

    private void Walk(string reference, string parent)
    {
        var element = Objects.Resolve(JsonSerializer.SerializeToElement(reference));
        Assert.Equal(parent, Objects.Reference(element, "/P"));
        var type = Objects.Text(element, "/S")!;
        if (type.StartsWith("/H", StringComparison.Ordinal))
            _headings.Add(type);
        if (type == "/Figure")
            Assert.False(string.IsNullOrWhiteSpace(Objects.Text(element, "/Alt")));
        if (type == "/TH")
            Assert.Matches("^/(Column|Row)$", Objects.Text(Objects.Get(element, "/A")!.Value, "/Scope")!);
        foreach (var kid in element.GetProperty("/K").EnumerateArray())
            if (kid.ValueKind == JsonValueKind.Object)
                _marks.Add((kid.GetProperty("/Pg").GetString()!, kid.GetProperty("/MCID").GetInt32()), reference);
            else
            {
                var child = Objects.Text(Objects.Resolve(kid), "/S")!;
                Assert.Contains(child, _children[type]);
                Walk(kid.GetString()!, reference);
            }
    }

    // All content of a page is of an element or an artifact, and neither is inside the other.
    private void CheckPages(JsonElement parentTree)
    {
        var numbers = parentTree.GetProperty("/Nums").EnumerateArray().ToList();
        var references = Objects.Get(Objects.Catalogue, "/Pages")!.Value.GetProperty("/Kids").EnumerateArray();
        foreach (var (index, reference) in references.Index())
        {
            var page = Objects.Resolve(reference);
            Assert.Equal("/S", Objects.Text(page, "/Tabs"));
            Assert.Equal(index, Objects.Get(page, "/StructParents")!.Value.GetInt32());
            var parents = numbers[(2 * index) + 1].EnumerateArray().Select(one => one.GetString()).ToList();
            var open = new Stack<string>();
            var found = 0;
            foreach (var (name, operands) in Objects.Content(page))
            {
                if (name is "BDC" or "BMC")
                {
                    if (operands[0] == "/Artifact")
                        Assert.Empty(open);
                    else
                        Assert.DoesNotContain("/Artifact", open);
                    if (operands.Count > 1 && Regex.Match(operands[1], @"/MCID (\d+)") is { Success: true } mark)
                    {
                        Assert.Empty(open);
                        var id = int.Parse(mark.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
                        Assert.Equal(_marks[(reference.GetString()!, id)], parents[id]);
                        Assert.Equal(
                            operands[0],
                            Objects.Text(Objects.Resolve(JsonSerializer.SerializeToElement(parents[id])), "/S")
                        );
                        found++;
                    }
                    open.Push(operands[0]);
                }
                else if (name == "EMC")
                    open.Pop();
                else if (name is "TJ" or "f")
                    Assert.NotEmpty(open);
            }
            Assert.Equal(parents.Count, found);
        }
    }

    private void CheckBookmarks()
    {
        var outlines = Objects.Get(Objects.Catalogue, "/Outlines")!.Value;
        var titles = 0;
        for (var one = Objects.Get(outlines, "/First"); one is { } item; one = Objects.Get(item, "/Next"))
        {
            Assert.False(string.IsNullOrWhiteSpace(Objects.Text(item, "/Title")));
            titles++;
        }
        Assert.Equal(_headings.Count, titles);
    }
}
