using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Campaigns.Worker.Mail.Delivery;

/// <summary>
/// The session failed and can send nothing more. It has no inner exception, because MailKit's
/// exceptions quote the server and servers quote addresses.
/// </summary>
/// <param name="reason">A fixed word.</param>
internal sealed class SmtpException(string reason) : Exception(reason)
{
    public string Reason => Message;

    /// <summary>
    /// Whether MailKit throws this for a failure of the server or the network during a session.
    /// </summary>
    public static bool IsSessionFailure(Exception error) =>
        error
            is IOException
                or SocketException
                or OperationCanceledException
                or ObjectDisposedException
                or ProtocolException
                or CommandException
                or ServiceNotConnectedException
                or ServiceNotAuthenticatedException;

    /// <summary>Why an established session failed.</summary>
    public static string ReasonFor(Exception error) =>
        error switch
        {
            OperationCanceledException => TimedOut,
            ReplyRejectedException => ProtocolViolation,
            // MailKit throws the same type for both; its messages are not translated.
            SmtpProtocolException when error.Message.Contains("disconnected", StringComparison.Ordinal) =>
                ConnectionLost,
            SmtpProtocolException => ProtocolViolation,
            _ => ConnectionLost,
        };

    /// <summary>Why a connection could not be established, before sign-in.</summary>
    public static string ReasonForConnecting(Exception error, bool startTlsSent) =>
        error switch
        {
            SslHandshakeException { InnerException: System.Security.Authentication.AuthenticationException } =>
                "certificate-refused",
            SslHandshakeException => CannotConnect,
            NotSupportedException => NoStartTls,
            SmtpCommandException => startTlsSent ? NoStartTls : "not-welcome",
            _ => ReasonFor(error),
        };

    public const string CannotConnect = "cannot-connect";
    public const string SignInRefused = "sign-in-refused";
    private const string NoStartTls = "no-starttls";
    private const string TimedOut = "timed-out";
    private const string ConnectionLost = "connection-lost";
    private const string ProtocolViolation = "not-smtp";
}

/// <summary>
/// The server sent a reply that was too long or that no command asked for.
/// </summary>
internal sealed class ReplyRejectedException : IOException;
