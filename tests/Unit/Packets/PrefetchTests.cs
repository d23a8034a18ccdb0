using Campaigns.Worker.Packets.Build;

namespace Campaigns.Tests.Unit.Packets;

public class PrefetchTests
{
    [Fact]
    public void Items_arrive_in_order() =>
        Assert.Equal(Enumerable.Range(0, 1_000), Prefetch.Of(Enumerable.Range(0, 1_000)));

    [Fact]
    public void Exception_of_the_reader_follows_the_items_read_before()
    {
        static IEnumerable<int> Broken()
        {
            yield return 1;
            throw new InvalidDataException("broken");
        }
        var taken = new List<int>();
        Assert.Throws<InvalidDataException>(() => taken.AddRange(Prefetch.Of(Broken())));
        Assert.Equal([1], taken);
    }

    [Fact]
    public void Reader_has_stopped_when_the_consumer_stops()
    {
        var reading = true;
        IEnumerable<int> Endless()
        {
            try
            {
                for (var i = 0; ; i++)
                    yield return i;
            }
            finally
            {
                reading = false;
            }
        }
        Assert.Equal([0, 1], Prefetch.Of(Endless()).Take(2));
        Assert.False(reading);
    }
}
