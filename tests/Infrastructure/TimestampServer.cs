using System.Globalization;
using System.Net;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// A server for time-stamps (RFC 3161): OpenSSL answers, behind a small listener.
/// </summary>
internal sealed class TimestampServer : IDisposable
{
    private readonly string _folder;
    private readonly HttpListener _listener = new();

    /// <param name="folder">For its key and its files.</param>
    public TimestampServer(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        Certificate = Path.Combine(_folder, "tsa.pem");
        File.WriteAllText(Path.Combine(_folder, "tsa.serial"), "01\n");
        File.WriteAllText(
            Configuration,
            $"""
            [req]
            distinguished_name = name
            x509_extensions = extensions
            prompt = no
            [name]
            CN = Stamps
            [extensions]
            extendedKeyUsage = critical, timeStamping
            [tsa]
            default_tsa = stamps
            [stamps]
            serial = {_folder}/tsa.serial
            signer_digest = sha256
            default_policy = 1.2.3.4
            digests = sha256
            """
        );
        Command.Run(
            "openssl",
            [
                .. "req -x509 -newkey rsa:2048 -nodes -days 2 -config".Split(' '),
                Configuration,
                "-keyout",
                Key,
                "-out",
                Certificate,
            ]
        );
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{TestPorts.Next()}/stamp/");
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = AnswerAsync();
    }

    public string Url { get; }

    /// <summary>The path of its certificate.</summary>
    public string Certificate { get; }

    private string Key => Path.Combine(_folder, "tsa.key");
    private string Configuration => Path.Combine(_folder, "tsa.cnf");

    public void Dispose() => _listener.Close();

    private async Task AnswerAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            var (query, reply) = (Path.Combine(_folder, "query.tsq"), Path.Combine(_folder, "reply.tsr"));
            using (var file = File.Create(query))
                await context.Request.InputStream.CopyToAsync(file);
            Command.Run(
                "openssl",
                "ts",
                "-reply",
                "-config",
                Configuration,
                "-queryfile",
                query,
                "-signer",
                Certificate,
                "-inkey",
                Key,
                "-out",
                reply
            );
            context.Response.ContentType = "application/timestamp-reply";
            context.Response.Close(await File.ReadAllBytesAsync(reply), willBlock: true);
        }
    }
}
