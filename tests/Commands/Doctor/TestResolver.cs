using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Campaigns.Tests.Commands.Doctor;

/// <summary>
/// A name server with the TXT records that a test sets; other names do not exist.
/// </summary>
internal sealed class TestResolver : IDisposable
{
    private const int HeaderLength = 12;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));

    public TestResolver()
    {
        Setting = $"--Doctor:Resolver={_socket.Client.LocalEndPoint}";
        _ = AnswerAsync();
    }

    public Dictionary<string, string[]> Texts { get; } = new(StringComparer.OrdinalIgnoreCase);

    public string Setting { get; }

    public void Dispose() => _socket.Dispose();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var question = await _socket.ReceiveAsync();
                await _socket.SendAsync(Answer(question.Buffer), question.RemoteEndPoint);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException) { }
    }

    // RFC 1035, 4.1: the question is repeated, and each answer points at its name.
    private byte[] Answer(byte[] question)
    {
        var name = new StringBuilder();
        var at = HeaderLength;
        while (question[at] > 0)
        {
            name.Append(Encoding.ASCII.GetString(question, at + 1, question[at])).Append('.');
            at += question[at] + 1;
        }
        var texts = Texts.GetValueOrDefault(name.ToString().TrimEnd('.'));
        var answer = new List<byte>(question[..(at + 5)]);
        answer[2] = 0x84;
        answer[3] = (byte)(texts is null ? 3 : 0);
        (answer[7], answer[11]) = ((byte)(texts?.Length ?? 0), 0);
        foreach (var text in texts ?? [])
        {
            answer.AddRange([0xC0, HeaderLength, 0, 16, 0, 1, 0, 0, 0, 0]);
            var length = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(text.Length + 1));
            answer.AddRange(length);
            answer.Add((byte)text.Length);
            answer.AddRange(Encoding.ASCII.GetBytes(text));
        }
        return [.. answer];
    }
}
