using DePinChain.Primitives;
using DePinChain.Worker.Following;

namespace DePinChain.Worker.Duties;

/// <summary>What a member measured.</summary>
/// <param name="Word">The verdict.</param>
/// <param name="Answer">What it refers to; zero for nothing.</param>
/// <param name="Numbers">The measurements.</param>
internal sealed record Finding(VerdictWord Word, Hash256 Answer, ulong[] Numbers);
