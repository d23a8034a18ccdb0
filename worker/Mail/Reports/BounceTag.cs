using Campaigns.Worker.Mail.Compose;

namespace Campaigns.Worker.Mail.Reports;

/// <summary>The tag of a letter in an address.</summary>
internal static class BounceTag
{
    /// <summary>
    /// The part after the plus of an address at <c>Mail:BounceAddress</c>; null for another
    /// address.
    /// </summary>
    public static string? Find(string? text, string bounceAddress)
    {
        if (text is null || Mailbox.FromAddress(bounceAddress) is not { } address)
            return null;
        var at = text.LastIndexOf('@');
        var start = address.Local.Length + 1;
        return
            at > start
            && text.StartsWith(address.Local + "+", StringComparison.OrdinalIgnoreCase)
            && text[(at + 1)..].Equals(address.Domain, StringComparison.OrdinalIgnoreCase)
            ? text[start..at]
            : null;
    }
}
