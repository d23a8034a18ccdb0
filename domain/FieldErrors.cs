using Campaigns.Signatures;

namespace Campaigns;

/// <summary>
/// Collects all errors of one request body, so that a person can correct a form in one pass.
/// </summary>
public sealed class FieldErrors
{
    private readonly Dictionary<string, List<string>> _byPath = [];

    public bool Any => _byPath.Count > 0;

    /// <summary>The number of paths with an error.</summary>
    public int Count => _byPath.Count;

    public void Add(string path, string sentence)
    {
        if (!_byPath.TryGetValue(path, out var sentences))
            _byPath[path] = sentences = [];
        sentences.Add(sentence);
    }

    /// <summary>The value; null for a problem, which is added to the errors of the path.</summary>
    public string? ValueOf(Canonical canonical, string path)
    {
        if (canonical.Problem is not null)
            Add(path, canonical.Problem);
        return canonical.Value;
    }

    public bool Has(string path) => _byPath.ContainsKey(path);

    /// <summary>Returns null when there are no errors.</summary>
    public Refusal? ToRefusal() =>
        Any ? Refusal.Validation(_byPath.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray())) : null;
}
