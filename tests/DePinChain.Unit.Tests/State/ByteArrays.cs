namespace DePinChain.Unit.Tests.State;

/// <summary>Byte arrays compared by content, for the models.</summary>
internal sealed class ByteArrays : IComparer<byte[]>
{
    public static ByteArrays Order { get; } = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
