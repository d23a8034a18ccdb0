namespace Campaigns.Checks;

/// <summary>
/// What a domain publishes for those that receive its mail: SPF (RFC 7208), DKIM (RFC 6376), DMARC
/// (RFC 7489).
/// </summary>
public static class MailRecords
{
    public static CheckResult CheckSpf(IReadOnlyList<string> texts)
    {
        var records = texts.Where(text => IsRecord(text, "v=spf1", ' ')).ToList();
        return records.Count switch
        {
            0 => CheckResult.Warn("The domain of Mail:From has no SPF record."),
            > 1 => CheckResult.Fail("The domain of Mail:From has several SPF records, so that none counts."),
            _ when Words(records[0], ' ').Contains("+all") || Words(records[0], ' ').Contains("all") =>
                CheckResult.Fail("The SPF record of the domain of Mail:From allows every server (+all)."),
            _ => CheckResult.Pass("The domain of Mail:From has an SPF record."),
        };
    }

    public static CheckResult CheckDmarc(IReadOnlyList<string> texts)
    {
        var records = texts.Where(text => IsRecord(text, "v=DMARC1", ';')).ToList();
        return records.Count switch
        {
            0 => CheckResult.Warn("The domain of Mail:From has no DMARC record."),
            > 1 => CheckResult.Fail("The domain of Mail:From has several DMARC records, so that none counts."),
            _ when Words(records[0], ';').Contains("p=none") => CheckResult.Warn(
                "The DMARC record of the domain of Mail:From asks for nothing (p=none)."
            ),
            _ => CheckResult.Pass("The domain of Mail:From has a DMARC record."),
        };
    }

    /// <param name="selector">Under which the key is published.</param>
    /// <param name="texts">What is published there.</param>
    public static CheckResult CheckDkim(string selector, IReadOnlyList<string> texts)
    {
        var keys = texts
            .SelectMany(text => Words(text, ';'))
            .Where(tag => tag.StartsWith("p=", StringComparison.Ordinal));
        return keys.FirstOrDefault() switch
        {
            null => CheckResult.Fail($"There is no DKIM key under the selector {selector}."),
            "p=" => CheckResult.Fail($"The DKIM key under the selector {selector} is revoked."),
            _ => CheckResult.Pass($"There is a DKIM key under the selector {selector}."),
        };
    }

    /// <summary>Whether reports of letters that come back arrive here.</summary>
    /// <param name="address">The setting <c>Mail:BounceAddress</c>, perhaps empty.</param>
    /// <param name="senderDomain">The domain of <c>Mail:From</c>.</param>
    /// <param name="hasHook">True if a mail provider reports over HTTP.</param>
    public static CheckResult CheckBounceAddress(string address, string senderDomain, bool hasHook)
    {
        if (address.Length == 0)
            return hasHook
                ? CheckResult.Pass("A mail provider reports letters that come back.")
                : CheckResult.Warn("Mail:BounceAddress is not set: letters that come back are not noticed.");
        var domain = address[(address.LastIndexOf('@') + 1)..].ToLowerInvariant();
        if (!domain.Contains('.', StringComparison.Ordinal))
            return CheckResult.Fail("The domain of Mail:BounceAddress is a name of this machine.");
        // A receiver compares the two for DMARC.
        return IsSameOrBelow(domain, senderDomain) || IsSameOrBelow(senderDomain, domain)
            ? CheckResult.Pass("Letters that come back are reported to Mail:BounceAddress.")
            : CheckResult.Warn("The domain of Mail:BounceAddress is not that of Mail:From, so that SPF helps less.");
    }

    private static bool IsSameOrBelow(string domain, string parent) =>
        domain == parent || domain.EndsWith("." + parent, StringComparison.Ordinal);

    private static bool IsRecord(string text, string version, char separator) =>
        Words(text, separator).FirstOrDefault() is { } first
        && first.Equals(version, StringComparison.OrdinalIgnoreCase);

    private static string[] Words(string text, char separator) =>
        text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
