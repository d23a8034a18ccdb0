using System.Text;
using System.Text.RegularExpressions;

namespace Campaigns.Db.Engine.Postgres;

/// <summary>
/// An SQL text in two forms for PostgreSQL: for one row, and for many rows sent as one array per
/// parameter.
/// </summary>
internal sealed class PostgresText
{
    private readonly string _text;

    public PostgresText(string text)
    {
        _text = text;
        Parameters = [.. Placeholders.Parameters(text)];
        One = Write(text.Replace(Placeholders.Batch, "", StringComparison.Ordinal), place => $"${place}");
    }

    /// <summary>
    /// The parameter names as spelled in the text, in the order of their positions.
    /// </summary>
    public IReadOnlyList<string> Parameters { get; }

    /// <summary>The text for one row.</summary>
    public string One { get; }

    /// <summary>The text for many rows, built on first use.</summary>
    public string Many =>
        field ??= Write(_text.Contains(Placeholders.Batch, StringComparison.Ordinal) ? Join() : Select(), place =>
            $"p.c{place}"
        );

    private string Rows
    {
        get
        {
            var places = Enumerable.Range(1, Parameters.Count).ToList();
            var arrays = string.Join(", ", places.Select(place => $"${place}"));
            var columns = string.Join(", ", places.Select(place => $"c{place}"));
            return $"unnest({arrays}) AS p ({columns})";
        }
    }

    private string Join() =>
        _text.Replace(
            Placeholders.Batch,
            _text.TrimStart() switch
            {
                var text when text.StartsWith("SELECT", StringComparison.Ordinal) => $", {Rows}",
                var text when text.StartsWith("DELETE", StringComparison.Ordinal) => $"USING {Rows}",
                _ => $"FROM {Rows}",
            },
            StringComparison.Ordinal
        );

    // Rewrites INSERT … VALUES (…) as INSERT … SELECT … FROM the arrays.
    private string Select()
    {
        const string Values = "VALUES (";
        var start = _text.IndexOf(Values, StringComparison.Ordinal);
        if (start < 0)
            throw new InvalidOperationException("A statement for many rows is an INSERT of VALUES or names {batch}.");
        var depth = 1;
        var end = start + Values.Length;
        for (; depth > 0; end++)
            depth += _text[end] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
        return $"{_text[..start]}SELECT {_text[(start + Values.Length)..(end - 1)]} FROM {Rows}{_text[end..]}";
    }

    private string Write(string text, Func<int, string> place)
    {
        var written = new StringBuilder();
        var at = 0;
        foreach (Match match in Placeholders.Parameter().Matches(text))
        {
            written.Append(text, at, match.Index - at).Append(place(IndexOf(match.Value) + 1));
            at = match.Index + match.Length;
        }
        return written.Append(text, at, text.Length - at).ToString();
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < Parameters.Count; i++)
        {
            if (Parameters[i] == name)
                return i;
        }
        throw new KeyNotFoundException($"The statement has no parameter {name}.");
    }
}
