namespace Campaigns.Db.Engine;

/// <summary>
/// The counter deltas of one batch, written once at its end: a row for each counter that changed,
/// whatever the number of requests. Every writer has its own rows, so that processes do not wait
/// for each other.
/// </summary>
internal sealed class CounterDeltas(WriterSession session, DateTimeOffset now)
{
    private const string AddToCounter = """
        INSERT INTO counters (campaign_id, country, state, writer, value)
        VALUES (@campaignId, @country, @bucket, @writer, @delta)
        ON CONFLICT (campaign_id, country, state, writer) DO UPDATE SET value = counters.value + excluded.value
        """;

    private const string AddToDay = """
        INSERT INTO counters_by_day (campaign_id, day, country, writer, value)
        VALUES (@campaignId, @day, @country, @writer, @delta)
        ON CONFLICT (campaign_id, day, country, writer) DO UPDATE SET value = counters_by_day.value + excluded.value
        """;

    private const string AddToHour = """
        INSERT INTO counters_by_hour (campaign_id, hour, country, writer, signed, letters, pressed, confirmed)
        VALUES (@campaignId, @hour, @country, @writer, @signed, @letters, @pressed, @confirmed)
        ON CONFLICT (campaign_id, hour, country, writer) DO UPDATE
        SET signed = counters_by_hour.signed + excluded.signed, letters = counters_by_hour.letters + excluded.letters,
            pressed = counters_by_hour.pressed + excluded.pressed,
            confirmed = counters_by_hour.confirmed + excluded.confirmed
        """;

    private const string AddToProvider = """
        INSERT INTO counters_by_provider (campaign_id, hour, provider, writer, signed, letters, pressed, bounced)
        VALUES (@campaignId, @hour, @provider, @writer, @signed, @letters, @pressed, @bounced)
        ON CONFLICT (campaign_id, hour, provider, writer) DO UPDATE
        SET signed = counters_by_provider.signed + excluded.signed,
            letters = counters_by_provider.letters + excluded.letters,
            pressed = counters_by_provider.pressed + excluded.pressed,
            bounced = counters_by_provider.bounced + excluded.bounced
        """;

    private const string AddToLetters = """
        INSERT INTO letter_days (campaign_id, day, fate, code, writer, value)
        VALUES (@campaignId, @day, @fate, @code, @writer, @delta)
        ON CONFLICT (campaign_id, day, fate, code, writer) DO UPDATE SET value = letter_days.value + excluded.value
        """;

    private readonly Dictionary<(long Campaign, string Country, string Bucket), long> _buckets = [];

    // Only while the metric is listened to. Above, a signature that enters and leaves a bucket in one batch adds 0.
    private readonly Dictionary<(string Country, string Bucket), long>? _entered = EngineMeasures.Signatures.Enabled
        ? []
        : null;
    private readonly Dictionary<(long Campaign, DateOnly Day, string Country), long> _days = [];
    private readonly Dictionary<(long Campaign, long Hour, string Country), Figures> _hours = [];
    private readonly Dictionary<(long Campaign, long Hour, string Provider), Figures> _providers = [];
    private readonly Dictionary<(long Campaign, string Fate, string Code), long> _letters = [];

    public void AddToBucket(long campaignId, string country, string bucket, long delta)
    {
        var key = (campaignId, country, bucket);
        _buckets[key] = _buckets.GetValueOrDefault(key) + delta;
        if (delta > 0 && _entered is not null)
            _entered[(country, bucket)] = _entered.GetValueOrDefault((country, bucket)) + delta;
    }

    public void AddConfirmed(long campaignId, long confirmedAt, string country, long delta)
    {
        var day = (campaignId, Instant.Day(Instant.FromMilliseconds(confirmedAt)), country);
        _days[day] = _days.GetValueOrDefault(day) + delta;
        AddToHours(campaignId, CountedHours.OfMilliseconds(confirmedAt), country, new Figures { Confirmed = delta });
    }

    public void MoveToMidnight(long campaignId, long confirmedAt, string country)
    {
        var hour = CountedHours.OfMilliseconds(confirmedAt);
        AddToHours(campaignId, hour, country, new Figures { Confirmed = -1 });
        AddToHours(campaignId, CountedHours.Midnight(hour), country, new Figures { Confirmed = 1 });
    }

    public void AddStep(SigningStep step, long campaignId, DateTimeOffset at, string country, string provider)
    {
        var figures = new Figures
        {
            Signed = step == SigningStep.Signature ? 1 : 0,
            Letters = step == SigningStep.Letter ? 1 : 0,
            Pressed = step == SigningStep.Press ? 1 : 0,
            Bounced = step == SigningStep.Bounce ? 1 : 0,
        };
        var hour = CountedHours.Of(at);
        if (step != SigningStep.Bounce)
            AddToHours(campaignId, hour, country, figures);
        var key = (campaignId, CountedHours.Kept(hour, now), provider);
        _providers[key] = _providers.GetValueOrDefault(key) + figures;
    }

    public void AddLetter(long campaignId, string fate, string code)
    {
        var key = (campaignId, fate, code);
        _letters[key] = _letters.GetValueOrDefault(key) + 1;
    }

    public void Flush()
    {
        foreach (var ((campaignId, country, bucket), delta) in _buckets.Where(counter => counter.Value != 0))
            Counter(AddToCounter, campaignId)
                .Set("@country", country)
                .Set("@bucket", bucket)
                .Set("@delta", delta)
                .Defer();
        foreach (var ((campaignId, day, country), delta) in _days.Where(counter => counter.Value != 0))
            Counter(AddToDay, campaignId)
                .Set("@day", Instant.Text(day))
                .Set("@country", country)
                .Set("@delta", delta)
                .Defer();
        foreach (var ((campaignId, hour, country), figures) in _hours.Where(counter => counter.Value != default))
            Steps(AddToHour, campaignId, hour, figures)
                .Set("@country", country)
                .Set("@confirmed", figures.Confirmed)
                .Defer();
        foreach (var ((campaignId, hour, provider), figures) in _providers)
            Steps(AddToProvider, campaignId, hour, figures)
                .Set("@provider", provider)
                .Set("@bounced", figures.Bounced)
                .Defer();
        foreach (var ((campaignId, fate, code), letters) in _letters)
            Counter(AddToLetters, campaignId)
                .Set("@day", Instant.Text(Instant.Day(now)))
                .Set("@fate", fate)
                .Set("@code", code)
                .Set("@delta", letters)
                .Defer();
    }

    /// <summary>Measures the batch, once it is durable.</summary>
    public void Measure()
    {
        if (_entered is null)
            return;
        foreach (var ((country, bucket), signatures) in _entered)
            EngineMeasures.Signatures.Add(signatures, new("country", country), new("outcome", bucket));
    }

    private Statement Steps(string sql, long campaignId, long hour, Figures figures) =>
        Counter(sql, campaignId)
            .Set("@hour", hour)
            .Set("@signed", figures.Signed)
            .Set("@letters", figures.Letters)
            .Set("@pressed", figures.Pressed);

    private Statement Counter(string sql, long campaignId) =>
        session.Prepare(sql).Set("@campaignId", campaignId).Set("@writer", session.Number);

    private void AddToHours(long campaignId, long hour, string country, Figures figures)
    {
        var key = (campaignId, CountedHours.Kept(hour, now), country);
        _hours[key] = _hours.GetValueOrDefault(key) + figures;
    }

    private readonly record struct Figures
    {
        public long Signed { get; init; }
        public long Letters { get; init; }
        public long Pressed { get; init; }
        public long Confirmed { get; init; }
        public long Bounced { get; init; }

        public static Figures operator +(Figures one, Figures other) =>
            new()
            {
                Signed = one.Signed + other.Signed,
                Letters = one.Letters + other.Letters,
                Pressed = one.Pressed + other.Pressed,
                Confirmed = one.Confirmed + other.Confirmed,
                Bounced = one.Bounced + other.Bounced,
            };
    }
}
