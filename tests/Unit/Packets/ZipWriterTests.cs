using System.IO.Compression;
using System.Text;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Packets.Build;

namespace Campaigns.Tests.Unit.Packets;

public sealed class ZipWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("zip-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(ZipWriter.Large)]
    // Every file and place is large: all fields of ZIP64 are used.
    [InlineData(0)]
    [InlineData(60)]
    public void Other_programs_read_what_is_written(long large)
    {
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5_000)));
        var path = Path.Combine(_folder, "written.zip");
        using (var file = File.Create(path))
        {
            var zip = new ZipWriter(file, large);
            zip.Store("mimetype", "a/b"u8.ToArray());
            zip.Deflate("META-INF/list.xml", new MemoryStream(content), content.Length);
            zip.Deflate("empty", Stream.Null, 0);
            zip.Finish();
        }
        using (var archive = ZipFile.OpenRead(path))
        {
            Assert.Equal(["mimetype", "META-INF/list.xml", "empty"], archive.Entries.Select(entry => entry.FullName));
            using var stream = archive.Entries[1].Open();
            using var read = new MemoryStream();
            stream.CopyTo(read);
            Assert.Equal(content, read.ToArray());
        }
        const string Test =
            "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); "
            + "print(z.testzip(), [i.compress_type for i in z.infolist()], z.infolist()[0].header_offset)";
        Assert.Equal("None [0, 8, 0] 0\n", Command.Run("python3", "-c", Test, path));
        Assert.Contains("No errors", Command.Run("unzip", "-t", path), StringComparison.Ordinal);
    }

    [Fact]
    public void Name_of_the_format_is_where_programs_look_for_it()
    {
        using var stream = new MemoryStream();
        var zip = new ZipWriter(stream);
        zip.Store("mimetype", "application/vnd.etsi.asic-e+zip"u8.ToArray());
        zip.Finish();
        var start = Encoding.ASCII.GetString(stream.ToArray().AsSpan(0, 69));
        Assert.StartsWith("PK", start, StringComparison.Ordinal);
        Assert.Equal("mimetypeapplication/vnd.etsi.asic-e+zip", start[30..]);
    }
}
