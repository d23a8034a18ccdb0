using Campaigns.Db.Caching;

namespace Campaigns.Tests.Unit.Caching;

public sealed class BoundedCacheTests
{
    [Fact]
    public void Cache_keyed_by_edited_content_never_grows_past_its_bound()
    {
        var cache = new BoundedCache<string, int>(most: 8);
        for (var edit = 0; edit < 1_000; edit++)
        {
            Assert.Equal(edit, cache.GetOrAdd($"title {edit}", (_, made) => made, edit));
            Assert.InRange(cache.Count, 1, 8);
        }
    }

    [Fact]
    public void Value_is_made_once_while_the_content_stays()
    {
        var cache = new BoundedCache<string, int>(most: 8);
        for (var call = 0; call < 3; call++)
            Assert.Equal(0, cache.GetOrAdd("title", (_, made) => made, call));
    }
}
