using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Campaigns.Worker.Packets.Build;

/// <summary>
/// Writes a ZIP to a stream that is never read back, so that the first entry can be stored: the
/// framework's writer stores an entry without its size in front, which programs refuse. Names are
/// ASCII. Files and archives beyond 4 GB have the fields of ZIP64.
/// </summary>
/// <param name="stream">Written front to back; stays open.</param>
/// <param name="large">The size from which ZIP64 is used.</param>
internal sealed class ZipWriter(Stream stream, long large = ZipWriter.Large)
{
    /// <summary>
    /// A little less than a field of 32 bits has, because deflating may add bytes.
    /// </summary>
    public const long Large = 0xFFF0_0000;

    // 1 January 1980, the first day that the format has.
    private const int Day = (1 << 5) | 1;
    private const int SizesFollow = 8;
    private const int Deflated = 8;
    private const long File = 0x81A4L << 16;

    private static readonly uint[] _crc = CrcTable();

    private readonly List<Entry> _entries = [];
    private readonly byte[] _buffer = new byte[128 * 1024];
    private long _position;

    private sealed record Entry(string Name, bool Deflated, uint Crc, long Packed, long Size, long At);

    /// <summary>Adds a short file as it is, with its size in front.</summary>
    public void Store(string name, byte[] content)
    {
        var entry = new Entry(name, Deflated: false, Crc(0, content), content.Length, content.Length, _position);
        Write(
            new Fields()
                .U32(0x04034B50)
                .U16(Version(zip64: false), 0, 0, 0, Day)
                .U32(entry.Crc, entry.Packed, entry.Size)
                .U16(name.Length, 0)
                .Text(name)
        );
        Write(content);
        _entries.Add(entry);
    }

    /// <summary>Adds a file, deflated: its sizes follow it.</summary>
    public void Deflate(string name, Stream content, long size)
    {
        // The framework writes nothing for an empty file, which is no deflated data.
        if (size == 0)
        {
            Store(name, []);
            return;
        }
        var at = _position;
        var zip64 = size >= large;
        var unknown = zip64 ? uint.MaxValue : 0;
        var head = new Fields()
            .U32(0x04034B50)
            .U16(Version(zip64), SizesFollow, Deflated, 0, Day)
            .U32(0, unknown, unknown)
            .U16(name.Length, zip64 ? 20 : 0)
            .Text(name);
        Write(zip64 ? head.U16(1, 16).U64(0, 0) : head);
        var begin = _position;
        var crc = 0u;
        using (var target = new Target(this))
        using (var deflate = new DeflateStream(target, CompressionLevel.Fastest, leaveOpen: true))
            for (int read; (read = content.Read(_buffer)) > 0;)
            {
                crc = Crc(crc, _buffer.AsSpan(0, read));
                deflate.Write(_buffer, 0, read);
            }
        var entry = new Entry(name, Deflated: true, crc, _position - begin, size, at);
        var sizes = new Fields().U32(0x08074B50, crc);
        Write(zip64 ? sizes.U64(entry.Packed, entry.Size) : sizes.U32(entry.Packed, entry.Size));
        _entries.Add(entry);
    }

    /// <summary>Writes the directory.</summary>
    public void Finish()
    {
        var at = _position;
        foreach (var entry in _entries)
            WriteDirectory(entry);
        var length = _position - at;
        if (at >= large || _entries.Count >= ushort.MaxValue)
            Write(
                new Fields()
                    .U32(0x06064B50)
                    .U64(44)
                    .U16(MadeBy(zip64: true), Version(zip64: true))
                    .U32(0, 0)
                    .U64(_entries.Count, _entries.Count, length, at)
                    .U32(0x07064B50, 0)
                    .U64(at + length)
                    .U32(1)
            );
        var count = Math.Min(_entries.Count, ushort.MaxValue);
        Write(
            new Fields().U32(0x06054B50).U16(0, 0, count, count).U32(length, at >= large ? uint.MaxValue : at).U16(0)
        );
    }

    private void WriteDirectory(Entry entry)
    {
        var (isLarge, isFar) = (entry.Size >= large, entry.At >= large);
        var extra = (isLarge ? 16 : 0) + (isFar ? 8 : 0);
        var fields = new Fields()
            .U32(0x02014B50)
            .U16(MadeBy(isLarge || isFar), Version(isLarge || isFar))
            .U16(entry.Deflated ? SizesFollow : 0, entry.Deflated ? Deflated : 0, 0, Day)
            .U32(entry.Crc, isLarge ? uint.MaxValue : entry.Packed, isLarge ? uint.MaxValue : entry.Size)
            .U16(entry.Name.Length, extra == 0 ? 0 : extra + 4, 0, 0, 0)
            .U32(File, isFar ? uint.MaxValue : entry.At)
            .Text(entry.Name);
        if (extra > 0)
            fields.U16(1, extra);
        if (isLarge)
            fields.U64(entry.Size, entry.Packed);
        if (isFar)
            fields.U64(entry.At);
        Write(fields);
    }

    private static int Version(bool zip64) => zip64 ? 45 : 20;

    // Made on Unix, whose permissions the directory states.
    private static int MadeBy(bool zip64) => (3 << 8) | Version(zip64);

    private void Write(Fields fields) => Write(fields.Written);

    private void Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        _position += bytes.Length;
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        foreach (var one in bytes)
            crc = (crc >> 8) ^ _crc[(byte)crc ^ one];
        return ~crc;
    }

    private static uint[] CrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value >> 1) ^ ((value & 1) * 0xEDB88320);
            table[i] = value;
        }
        return table;
    }

    /// <summary>Little-endian fields of 2, 4 and 8 bytes.</summary>
    private sealed class Fields
    {
        private readonly ArrayBufferWriter<byte> _bytes = new(96);

        public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

        public Fields U16(params ReadOnlySpan<int> fields)
        {
            Span<byte> bytes = stackalloc byte[2];
            foreach (var field in fields)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)field);
                _bytes.Write(bytes);
            }
            return this;
        }

        public Fields U32(params ReadOnlySpan<long> fields)
        {
            Span<byte> bytes = stackalloc byte[4];
            foreach (var field in fields)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)field);
                _bytes.Write(bytes);
            }
            return this;
        }

        public Fields U64(params ReadOnlySpan<long> fields)
        {
            Span<byte> bytes = stackalloc byte[8];
            foreach (var field in fields)
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes, field);
                _bytes.Write(bytes);
            }
            return this;
        }

        public Fields Text(string name)
        {
            _bytes.Write(Encoding.ASCII.GetBytes(name));
            return this;
        }
    }

    /// <summary>What a compressing stream writes to.</summary>
    private sealed class Target(ZipWriter zip) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => zip.Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => zip.Write(buffer);
    }
}
