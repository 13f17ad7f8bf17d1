namespace DePinChain.Modules.Economy;

/// <summary>What must always hold of the supply.</summary>
internal static class EmissionInvariants
{
    public static IEnumerable<string> Violations(SupplyReport supply, StreamReport[] streams)
    {
        foreach (StreamReport stream in streams)
        {
            if (stream.Recycled > stream.Minted) yield return $"emission: stream {stream.Stream} recycled more than it minted";
            else if (stream.Minted - stream.Recycled > stream.Cap) yield return $"emission: stream {stream.Stream} exceeds its cap";
        }

        if (supply.Total > supply.Cap) yield return "emission: the supply exceeds genesis and all caps";
        if (supply.Genesis + supply.Minted - supply.Burned != supply.Total)
            yield return "emission: genesis + minted - burned is not the supply";
        if (supply.Locked + supply.Pool > supply.Total) yield return "emission: more is locked than exists";
    }
}
