using Microsoft.AspNetCore.WebUtilities;

namespace Campaigns.Api.StaffConsole.Parts;

/// <summary>
/// The address of a screen with its filter: the fields that a request gave, for the form and for
/// the links to other pages of the same list.
/// </summary>
public sealed class FilterAddress(string path, IQueryCollection query, IReadOnlyList<string> fields)
{
    public string Path => path;

    public IReadOnlyList<string> Fields => fields;

    /// <summary>True when no field is given.</summary>
    public bool IsEmpty => fields.All(name => this[name] is null);

    /// <summary>What was typed; null for a field that is not given.</summary>
    public string? this[string field] => (string?)query[field] is { Length: > 0 } value ? value : null;

    public override string ToString() => Of(path);

    /// <summary>Another address with the same filter, such as that of its CSV.</summary>
    public string Of(string other) => QueryHelpers.AddQueryString(other, Given());

    /// <summary>The filter with a further field, such as the cursor of the next page.</summary>
    public string With(string field, string value) =>
        QueryHelpers.AddQueryString(path, Given().Append(KeyValuePair.Create<string, string?>(field, value)));

    private IEnumerable<KeyValuePair<string, string?>> Given() =>
        fields
            .Where(field => this[field] is not null)
            .Select(field => KeyValuePair.Create<string, string?>(field, this[field]));
}
