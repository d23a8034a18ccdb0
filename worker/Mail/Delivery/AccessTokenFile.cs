using Campaigns.Db.Files;

namespace Campaigns.Worker.Mail.Delivery;

/// <summary>
/// The OAuth 2.0 access token in <c>Mail:TokenFile</c>, which another program renews.
/// </summary>
internal static class AccessTokenFile
{
    /// <summary>
    /// Reads the token; called for each connection, because tokens last about an hour. Throws
    /// <see cref="SmtpException"/>.
    /// </summary>
    public static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var token = (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
            // A token has visible ASCII only; other bytes could end the command that carries it.
            var isToken = token.Length > 0 && token.All(letter => letter is > ' ' and <= '~');
            if (isToken && PrivateFiles.IsPrivate(file))
                return token;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The letters wait until the file is back.
        }
        throw new SmtpException("no-token");
    }
}
