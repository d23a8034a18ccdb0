namespace Campaigns.Signatures;

/// <summary>
/// Folds the addresses of one mailbox into one, to bound what is done to a mailbox. It is a guess:
/// on some servers a plus sign begins no tag. So it never decides who signed.
/// </summary>
public static class AddressFolding
{
    private const string Gmail = "gmail.com";
    private const string GmailsOtherName = "googlemail.com";

    /// <summary>
    /// The address without a tag after a plus sign and, where the provider is known to ignore them,
    /// without dots.
    /// </summary>
    /// <param name="normalised">As <see cref="EmailAddress.Normalised"/>.</param>
    public static string Fold(string normalised)
    {
        var at = normalised.LastIndexOf('@');
        var local = normalised[..at];
        var domain = normalised[(at + 1)..];
        var tag = local.IndexOf('+', StringComparison.Ordinal);
        if (tag > 0)
            local = local[..tag];
        return domain is Gmail or GmailsOtherName
            ? $"{local.Replace(".", "", StringComparison.Ordinal)}@{Gmail}"
            : $"{local}@{domain}";
    }
}
