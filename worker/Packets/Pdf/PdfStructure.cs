namespace Campaigns.Worker.Packets.Pdf;

/// <summary>Writes the structure of a tagged document.</summary>
/// <param name="root">Its element <c>Document</c>.</param>
internal sealed class PdfStructure(PdfElement root)
{
    private readonly List<List<PdfElement>> _pages = [];
    private readonly Dictionary<PdfElement, int> _numbers = [];

    /// <summary>Marks content of a page as that of an element, and returns its number.</summary>
    public int Mark(int page, PdfElement element)
    {
        while (_pages.Count <= page)
            _pages.Add([]);
        var mark = _pages[page].Count;
        _pages[page].Add(element);
        element.Add(page, mark);
        return mark;
    }

    /// <summary>Returns the number of the object that the catalogue refers to.</summary>
    /// <param name="file">The file.</param>
    /// <param name="pages">The numbers of the page objects.</param>
    public int Write(PdfFile file, IReadOnlyList<int> pages)
    {
        var tree = file.Reserve();
        Number(file, root);
        Write(file, root, tree, pages);
        var parents = new PdfBytes().Add("<</Nums["u8);
        foreach (var (page, elements) in _pages.Index())
        {
            parents.Add(page).Add("["u8);
            foreach (var element in elements)
                Refer(parents, _numbers[element]);
            parents.Add("]\n"u8);
        }
        var parentTree = file.Add(parents.Add("]>>"u8));
        var value = new PdfBytes().Add("<</Type/StructTreeRoot/K "u8);
        Refer(value, _numbers[root]).Add("/ParentTree "u8);
        Refer(value, parentTree).Add("/ParentTreeNextKey "u8).Add(_pages.Count).Add(">>"u8);
        return file.Set(tree, value);
    }

    private void Number(PdfFile file, PdfElement element)
    {
        _numbers[element] = file.Reserve();
        foreach (var kid in element.Kids)
            if (kid.Element is { } child)
                Number(file, child);
    }

    private void Write(PdfFile file, PdfElement element, int parent, IReadOnlyList<int> pages)
    {
        var value = new PdfBytes().Add("<</Type/StructElem/S/"u8).Add(element.Type).Add("/P "u8);
        Refer(value, parent);
        if (element.Language is not null)
            value.Add("/Lang"u8).AddText(element.Language);
        if (element.Alternative is not null)
            value.Add("/Alt"u8).AddText(element.Alternative);
        if (element.Scope is not null)
            value.Add("/A<</O/Table/Scope/"u8).Add(element.Scope).Add(">>"u8);
        if (element.Box is var (left, top, width, height))
            value
                .Add("/A<</O/Layout/Placement/Block/BBox["u8)
                .Add(left)
                .Add(" "u8)
                .Add(PdfDocument.Height - top - height)
                .Add(" "u8)
                .Add(left + width)
                .Add(" "u8)
                .Add(PdfDocument.Height - top)
                .Add("]>>"u8);
        value.Add("/K["u8);
        foreach (var kid in element.Kids)
            if (kid.Element is { } child)
                Refer(value, _numbers[child]);
            else
                Refer(value.Add("<</Type/MCR/Pg "u8), pages[kid.Page]).Add("/MCID "u8).Add(kid.Mark).Add(">>"u8);
        file.Set(_numbers[element], value.Add("]>>"u8));
        foreach (var kid in element.Kids)
            if (kid.Element is { } child)
                Write(file, child, _numbers[element], pages);
    }

    private static PdfBytes Refer(PdfBytes value, int number) => value.Add(number).Add(" 0 R "u8);
}
