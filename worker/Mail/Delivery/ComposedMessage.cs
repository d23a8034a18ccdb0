using System.Text;
using Campaigns.Worker.Mail.Compose;
using MimeKit;

namespace Campaigns.Worker.Mail.Delivery;

/// <summary>
/// A composed letter as a MailKit message. MailKit sends its bytes unchanged: the head as the raw
/// value of its first field, the rest as the body. One instance serves many letters in turn.
/// </summary>
internal sealed class ComposedMessage : MimeMessage
{
    private readonly ComposedBody _body;
    private Header? _head;

    /// <param name="onBody">Called before the first byte of the body.</param>
    /// <param name="onLastBlock">Called before the last block of the body.</param>
    public ComposedMessage(Action onBody, Action onLastBlock)
        : base((IEnumerable<Header>)[])
    {
        _body = new ComposedBody(onBody, onLastBlock);
        Body = _body;
    }

    public MimeLetter Letter { get; private set; } = null!;

    public void Load(MimeLetter letter)
    {
        Letter = letter;
        var content = letter.Content.Span;
        var colon = content.IndexOf((byte)':');
        var end = content.IndexOf("\r\n\r\n"u8);
        if (_head is null || !Ascii.Equals(content[..colon], _head.Field))
        {
            Headers.Clear();
            Headers.Add(_head = new Header(Encoding.ASCII.GetString(content[..colon]), ""));
        }
        _head.SetRawValue(content[(colon + 1)..(end + 2)].ToArray());
        _body.Load(letter.Content[(end + 4)..], letter.To.NeedsUtf8);
    }

    private sealed class ComposedBody : MimePart
    {
        // The size of MailKit's buffer: a block that fits into it is sent together with the final dot.
        private const int Block = 4096;

        private readonly Action _onBody;
        private readonly Action _onLastBlock;
        private ReadOnlyMemory<byte> _bytes;

        public ComposedBody(Action onBody, Action onLastBlock)
        {
            (_onBody, _onLastBlock) = (onBody, onLastBlock);
            Headers.Clear();
        }

        public void Load(ReadOnlyMemory<byte> bytes, bool isEightBit)
        {
            _bytes = bytes;
            // Bodies are seven-bit, but a head with an international address is not. MailKit checks only the body.
            ContentTransferEncoding = isEightBit ? ContentEncoding.EightBit : ContentEncoding.Default;
        }

        public override async Task WriteToAsync(
            FormatOptions options,
            Stream stream,
            bool contentOnly,
            CancellationToken cancellationToken = default
        )
        {
            _onBody();
            var last = Math.Max(_bytes.Length - Block, 0);
            if (last > 0)
                await stream.WriteAsync(_bytes[..last], cancellationToken);
            _onLastBlock();
            await stream.WriteAsync(_bytes[last..], cancellationToken);
        }
    }
}
