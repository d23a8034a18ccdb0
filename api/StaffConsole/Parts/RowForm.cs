using System.Globalization;
using System.Text.RegularExpressions;
using Campaigns.Api.Pages;

namespace Campaigns.Api.StaffConsole.Parts;

/// <summary>
/// A form as it was typed: single values by the path of their JSON field, and lists of rows.
/// Buttons add and remove rows without a script.
/// </summary>
public abstract partial class RowForm
{
    private const string Add = "add-";
    private const string Remove = "remove-";

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private readonly Dictionary<string, List<Dictionary<string, string>>> _rows;

    /// <param name="lists">The names of the lists.</param>
    protected RowForm(params IEnumerable<string> lists) =>
        _rows = lists.ToDictionary(list => list, _ => new List<Dictionary<string, string>>(), StringComparer.Ordinal);

    /// <summary>The value of a field such as <c>goal</c> or <c>recipients[0].key</c>.</summary>
    public string this[string path] =>
        FindPlace(path) is var (list, index, name)
            ? _rows[list][index].GetValueOrDefault(name, "")
            : _values.GetValueOrDefault(path, "");

    /// <summary>
    /// The name of a field without its row: <c>recipients[0].key</c> is <c>recipients.key</c>.
    /// </summary>
    public static string NameOf(string path) =>
        path.IndexOf('[', StringComparison.Ordinal) is var start and >= 0
            ? path[..start] + path[(path.IndexOf(']', StringComparison.Ordinal) + 1)..]
            : path;

    /// <summary>The number of rows of a list.</summary>
    public int Count(string list) => _rows[list].Count;

    /// <summary>True for the name of a list.</summary>
    public bool IsList(string part) => _rows.ContainsKey(part);

    public bool IsChecked(string field) => this[field] == PageForm.Yes;

    /// <summary>
    /// Adds or removes the row that the pressed button names; false for another button.
    /// </summary>
    public bool ChangeRows(string act)
    {
        if (act.StartsWith(Add, StringComparison.Ordinal) && _rows.ContainsKey(act[Add.Length..]))
        {
            AddRow(act[Add.Length..]);
            return true;
        }
        if (!act.StartsWith(Remove, StringComparison.Ordinal))
            return false;
        if (
            act[Remove.Length..].Split('-') is [var list, var number]
            && _rows.TryGetValue(list, out var rows)
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < rows.Count
        )
            rows.RemoveAt(index);
        return true;
    }

    /// <summary>
    /// Removes rows that were added and not filled in, so that each row is an element of the JSON.
    /// </summary>
    public void RemoveEmptyRows()
    {
        foreach (var rows in _rows.Values)
            rows.RemoveAll(row => row.All(field => IsUntouched(field.Key, field.Value)));
    }

    /// <summary>The rows of a list, each with its values by name.</summary>
    internal IReadOnlyList<IReadOnlyDictionary<string, string>> Rows(string list) => _rows[list];

    /// <summary>True if two rows have the same locale, of which JSON would keep one.</summary>
    internal bool RepeatsLocale(string list)
    {
        var locales = _rows[list].Select(row => row.GetValueOrDefault("locale", "").Trim()).ToList();
        return locales.Distinct(StringComparer.Ordinal).Count() < locales.Count;
    }

    /// <summary>The place of the row with a locale; null without one.</summary>
    internal int? PlaceOf(string list, string locale)
    {
        var place = _rows[list].FindIndex(row => row.GetValueOrDefault("locale", "").Trim() == locale);
        return place < 0 ? null : place;
    }

    /// <summary>
    /// True for a field that a new row has too, because it is empty or a list to choose from.
    /// </summary>
    protected abstract bool IsUntouched(string field, string value);

    /// <summary>
    /// Adds what was posted. Rows keep their order; gaps between their numbers close.
    /// </summary>
    protected void Read(IFormCollection fields)
    {
        var rows = new SortedDictionary<(string List, int Index), Dictionary<string, string>>();
        foreach (var (path, value) in fields)
        {
            // Browsers send line breaks as CR LF.
            var typed = value.ToString().ReplaceLineEndings("\n");
            if (FindPlace(path) is not var (list, index, name))
            {
                _values[path] = typed;
                continue;
            }
            if (!rows.TryGetValue((list, index), out var row))
                rows[(list, index)] = row = new Dictionary<string, string>(StringComparer.Ordinal);
            row[name] = typed;
        }
        foreach (var (key, row) in rows)
            _rows[key.List].Add(row);
    }

    /// <summary>Takes a part from another form: a field, or all rows of a list.</summary>
    public void Take(string part, RowForm other)
    {
        if (_rows.ContainsKey(part))
            _rows[part] = other._rows[part];
        else
            Set(part, other[part]);
    }

    protected void AddRow(string list, params ReadOnlySpan<(string Name, string? Value)> values)
    {
        var row = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in values)
            row[name] = value ?? "";
        _rows[list].Add(row);
    }

    protected void Set(string field, string? value) => _values[field] = value ?? "";

    private (string List, int Index, string Name)? FindPlace(string path) =>
        Place().Match(path) is { Success: true } place && _rows.ContainsKey(place.Groups[1].Value)
            ? (
                place.Groups[1].Value,
                int.Parse(place.Groups[2].ValueSpan, CultureInfo.InvariantCulture),
                place.Groups[3].Value
            )
            : null;

    [GeneratedRegex(@"^([a-z]+)\[([0-9]{1,3})\]\.([A-Za-z.]+)$")]
    private static partial Regex Place();
}
