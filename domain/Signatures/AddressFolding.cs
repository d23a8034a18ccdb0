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
        var tag = normalised.AsSpan(0, at).IndexOf('+');
        var local = tag > 0 ? normalised.AsSpan(0, tag) : normalised.AsSpan(0, at);
        if (normalised.AsSpan(at + 1) is Gmail or GmailsOtherName)
            return $"{local.ToString().Replace(".", "", StringComparison.Ordinal)}@{Gmail}";
        return tag > 0 ? $"{local}{normalised.AsSpan(at)}" : normalised;
    }
}
