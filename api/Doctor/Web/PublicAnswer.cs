namespace Campaigns.Api.Doctor.Web;

/// <summary>What came back from <c>PublicUrl</c>.</summary>
internal sealed record PublicAnswer
{
    /// <summary>Why nothing came back; null when an answer did.</summary>
    public string? Failure { get; init; }

    /// <summary>True when the certificate was the reason.</summary>
    public bool IsCertificateRefused { get; init; }

    /// <summary>True when a process with the same database answered.</summary>
    public bool IsOurs { get; init; }

    /// <summary>What the process saw of proxies; null when it is another program.</summary>
    public IdentityView? Identity { get; init; }

    /// <summary>The headers of the first page, by name; null without one.</summary>
    public IReadOnlyDictionary<string, string>? PageHeaders { get; init; }

    public DateTimeOffset? CertificateEnds { get; init; }

    /// <summary>The date that the server sent, and when it came.</summary>
    public (DateTimeOffset Date, DateTimeOffset At)? Date { get; init; }
}
