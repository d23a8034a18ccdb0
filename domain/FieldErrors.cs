namespace Campaigns;

/// <summary>
/// Gathers every complaint about one body, so that a person corrects a form once and not field by
/// field.
/// </summary>
public sealed class FieldErrors
{
    private readonly Dictionary<string, List<string>> _byPath = [];

    public bool Any => _byPath.Count > 0;

    /// <summary>How many paths have a complaint.</summary>
    public int Count => _byPath.Count;

    public void Add(string path, string sentence)
    {
        if (!_byPath.TryGetValue(path, out var sentences))
            _byPath[path] = sentences = [];
        sentences.Add(sentence);
    }

    public bool Has(string path) => _byPath.ContainsKey(path);

    /// <summary>Null when nothing was wrong.</summary>
    public Refusal? ToRefusal() =>
        Any ? new Refusal("validation", _byPath.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray())) : null;
}
