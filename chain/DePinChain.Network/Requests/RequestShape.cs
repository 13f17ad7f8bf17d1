namespace DePinChain.Network.Requests;

/// <summary>A request protocol's name on the wire and what its messages may weigh; nothing beyond is read.</summary>
/// <param name="RequestMax">Bytes of a request.</param>
/// <param name="ChunkMax">Bytes of one chunk of the answer.</param>
/// <param name="AnswerMax">Bytes of all chunks.</param>
/// <param name="ChunksMax">Chunks of an answer.</param>
public sealed record RequestShape(string Name, int RequestMax, int ChunkMax, int AnswerMax, int ChunksMax)
{
    /// <summary>Signed peer records; asked by the transport itself.</summary>
    public static RequestShape Peers { get; } = new("/dpc/peers/1", 16, 96 * 1024, 96 * 1024, 1);

    public static IReadOnlyDictionary<RequestProtocol, RequestShape> All { get; } = new SortedDictionary<RequestProtocol, RequestShape>(
        Enum.GetValues<RequestProtocol>().ToDictionary(protocol => protocol, protocol => new RequestShape(
            RequestLimits.NameOf(protocol), RequestLimits.RequestBytesMax, RequestLimits.ChunkBytesMax, RequestLimits.AnswerBytesMax,
            RequestLimits.ChunksMax(protocol))));
}
