using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Campaigns.Tests.Mail;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// The machine's Postfix with directories, ports and a certificate for the tests. Every address at
/// <c>example.org</c> has a mailbox, except <c>gone@</c> (550 5.1.1), <c>refused@</c> (554 5.7.1),
/// <c>later@</c> (451 4.2.1), and <c>bounced@</c> (5.7.1) and <c>vanished@</c> (5.1.1), which come
/// back. It must be started by root, like any mail server.
/// </summary>
public sealed class Postfix : IAsyncLifetime, IDisposable
{
    public const string User = "campaign";
    public const string Password = "så-hemmelig pass";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-postfix-").FullName;
    private readonly DovecotAuth _auth = new();
    private Process? _process;

    public int Plain { get; } = FreePort();
    public int StartTls { get; } = FreePort();
    public int Tls { get; } = FreePort();

    /// <summary>The self-signed certificate for <c>localhost</c>.</summary>
    public string Certificate => Path.Combine(_folder, "conf", "cert.pem");

    public async Task InitializeAsync()
    {
        Assert.True(
            File.Exists("/usr/sbin/postfix"),
            "These tests need Postfix: apt-get install postfix (./test does it)."
        );
        foreach (var name in (string[])["conf", "queue", "data", "mail"])
            Directory.CreateDirectory(Path.Combine(_folder, name));
        // Postfix reads this folder as other users.
        Command.Run("chmod", "755", _folder);
        Command.Run("chown", "postfix", Path.Combine(_folder, "data"));
        Command.Run("chown", "65534:65534", Path.Combine(_folder, "mail"));
        WriteCertificate();
        await File.WriteAllTextAsync(Path.Combine(_folder, "conf", "main.cf"), MainConfiguration());
        await File.WriteAllTextAsync(Path.Combine(_folder, "conf", "master.cf"), MasterConfiguration());
        _process = Process.Start(
            new ProcessStartInfo("/usr/sbin/postfix", ["-c", Path.Combine(_folder, "conf"), "start-fg"])
        );
        await WaitForAsync(async () =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Tls);
            return "listening";
        });
    }

    /// <summary>Waits for the letter, removes it from the mailbox and returns it.</summary>
    public Task<byte[]> ReceiveAsync(string containing) =>
        WaitForAsync(async () =>
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, "mail", "all", "new")))
            {
                if (!(await File.ReadAllTextAsync(file)).Contains(containing, StringComparison.Ordinal))
                    continue;
                var bytes = await File.ReadAllBytesAsync(file);
                File.Delete(file);
                return bytes;
            }
            throw new IOException("The letter has not arrived yet.");
        });

    public async Task DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            Command.Run("/usr/sbin/postfix", "-c", Path.Combine(_folder, "conf"), "stop");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await _process.WaitForExitAsync(patience.Token);
        }
        Directory.Delete(_folder, recursive: true);
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
            _process.Kill(entireProcessTree: true);
        _process?.Dispose();
        _auth.Dispose();
    }

    internal static int FreePort() => TestPorts.Next();

    private string MainConfiguration() =>
        $$"""
            compatibility_level = 3.6
            queue_directory = {{_folder}}/queue
            data_directory = {{_folder}}/data
            daemon_directory = /usr/lib/postfix/sbin
            command_directory = /usr/sbin
            mail_owner = postfix
            setgid_group = postdrop
            maillog_file = {{_folder}}/log
            maillog_file_prefixes = {{_folder}}
            myhostname = mail.test
            mydestination =
            inet_interfaces = loopback-only
            inet_protocols = ipv4
            mynetworks = 127.0.0.0/8
            message_size_limit = 200000
            smtputf8_enable = yes
            virtual_mailbox_domains = example.org xn--blbr-roah.example blåbær.example
            virtual_mailbox_base = {{_folder}}/mail
            virtual_mailbox_maps = static:all/
            virtual_uid_maps = static:65534
            virtual_gid_maps = static:65534
            transport_maps = inline:{ { bounced@example.org = error:5.7.1 refused after it was accepted }
                { vanished@example.org = error:5.1.1 the mailbox has gone } }
            smtpd_reject_unlisted_recipient = no
            smtpd_tls_cert_file = {{_folder}}/conf/cert.pem
            smtpd_tls_key_file = {{_folder}}/conf/key.pem
            smtpd_sasl_type = dovecot
            smtpd_sasl_path = inet:127.0.0.1:{{_auth.Port}}
            smtpd_recipient_restrictions = check_recipient_access inline:{
                { gone@example.org = 550 5.1.1 <gone@example.org> has no mailbox here }
                { refused@example.org = 554 5.7.1 not wanted }
                { later@example.org = 451 4.2.1 mailbox busy } }, permit_mynetworks, reject

            """;

    private string MasterConfiguration() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            127.0.0.1:{{Plain}} inet n - n - - smtpd
                -o smtpd_tls_security_level=none
            127.0.0.1:{{StartTls}} inet n - n - - smtpd
                -o smtpd_tls_security_level=encrypt
                -o smtpd_sasl_auth_enable=yes
                -o smtpd_tls_auth_only=yes
                -o smtpd_client_restrictions=permit_sasl_authenticated,reject
            127.0.0.1:{{Tls}} inet n - n - - smtpd
                -o smtpd_tls_wrappermode=yes
            pickup unix n - n 60 1 pickup
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            tlsmgr unix - - n 1000? 1 tlsmgr
            proxymap unix - - n - - proxymap
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            error unix - - n - - error
            virtual unix - n n - - virtual
            anvil unix - - n - 1 anvil
            postlog unix-dgram n - n - 1 postlogd

            """
        );

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true)
        );
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "conf", "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private static async Task<T> WaitForAsync<T>(Func<Task<T>> attempt)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await attempt();
            }
            catch (Exception exception) when (exception is IOException or SocketException && tries < 600)
            {
                await Task.Delay(50);
            }
        }
    }
}

[CollectionDefinition(nameof(Postfix))]
public sealed class PostfixCollection : ICollectionFixture<Postfix>;
