namespace DePinChain.Simulation;

/// <summary>What the network does to a message: how late it comes, how often, or not at all.</summary>
internal sealed class Weather(Dice dice, int machines)
{
    private readonly bool[] _cuts = new bool[machines * machines];

    public int DelayMinMs { get; set; } = 1;

    public int DelayMaxMs { get; set; } = 20;

    /// <summary>Messages of a thousand that take up to <see cref="SpikeMs"/>.</summary>
    public int SpikesPerMille { get; set; }

    public int SpikeMs { get; set; } = 3000;

    public int LossPerMille { get; set; }

    public int DuplicatesPerMille { get; set; }

    /// <summary>Whether anything goes from one machine to another.</summary>
    public bool IsCut(int from, int to) => _cuts[(from * machines) + to];

    public void Cut(int from, int to) => _cuts[(from * machines) + to] = true;

    public void MendCuts() => Array.Clear(_cuts);

    /// <summary>Good weather again, for good.</summary>
    public void Heal()
    {
        MendCuts();
        DelayMinMs = 1;
        DelayMaxMs = 20;
        SpikesPerMille = 0;
        LossPerMille = 0;
        DuplicatesPerMille = 0;
    }

    /// <summary>The delays after which a message arrives: none when it is lost, two when it is doubled.</summary>
    public (long? First, long? Second) Decide(int from, int to)
    {
        if (IsCut(from, to) || dice.PerMille(LossPerMille)) return default;
        return (Delay(), dice.PerMille(DuplicatesPerMille) ? Delay() : null);
    }

    private long Delay() =>
        SpikesPerMille > 0 && dice.PerMille(SpikesPerMille) ? dice.Between(DelayMinMs, SpikeMs) : dice.Between(DelayMinMs, DelayMaxMs);
}
