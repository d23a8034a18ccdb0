namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// One element of the structure that a tagged document has beside its pages: what is a heading, a
/// paragraph, a table or a figure, in reading order.
/// </summary>
/// <param name="type">A standard type of ISO 32000-1, 14.8.4, such as <c>P</c>.</param>
public sealed class PdfElement(string type)
{
    private readonly List<PdfKid> _kids = [];

    public string Type => type;

    /// <summary>BCP 47; null for the language around it.</summary>
    public string? Language { get; init; }

    /// <summary>What a figure shows, in words.</summary>
    public string? Alternative { get; init; }

    /// <summary>For a header cell: <c>Column</c> or <c>Row</c>.</summary>
    public string? Scope { get; init; }

    /// <summary>For a figure: left, top, width and height in points.</summary>
    public (double Left, double Top, double Width, double Height)? Box { get; set; }

    internal IReadOnlyList<PdfKid> Kids => _kids;

    /// <summary>Adds an element below this one, after those it has, and returns it.</summary>
    public PdfElement Add(PdfElement child)
    {
        _kids.Add(new(child, 0, 0));
        return child;
    }

    /// <summary>Adds content of a page.</summary>
    internal void Add(int page, int mark) => _kids.Add(new(null, page, mark));
}

/// <summary>An element, or the marked content of a page.</summary>
internal readonly record struct PdfKid(PdfElement? Element, int Page, int Mark);
