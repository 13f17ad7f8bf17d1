using DePinChain.Blocks;

namespace DePinChain.LightClient;

/// <summary>What a second source says about a header that the first one led us to.</summary>
public enum WitnessOpinion
{
    /// <summary>It has the same header.</summary>
    Agrees,

    /// <summary>It has another header, which it cannot prove: the witness is wrong or lies.</summary>
    Baseless,

    /// <summary>It has another header and proves it from the same trusted one: the validators have signed two histories.</summary>
    Attack,
}

/// <summary>Compares a verified header with a witness's of the same height.</summary>
/// <remarks>
/// CometBFT, spec/light-client/detection. The witness' header goes through a search of its own from the same trusted header, so a
/// witness that invents something is told from one that shows an attack.
/// </remarks>
public static class WitnessCheck
{
    /// <param name="verified">Believed by way of the first source.</param>
    /// <param name="search">
    /// A search to the same height from the header that both trust, which the witness has been serving: done, failed or not begun.
    /// </param>
    /// <param name="claimed">The witness' header of that height.</param>
    /// <param name="attack">The two headers, when the opinion is <see cref="WitnessOpinion.Attack"/>.</param>
    public static WitnessOpinion Judge(LightBlock verified, HeaderSearch search, LightBlock claimed, out LightClientAttack? attack)
    {
        attack = null;
        if (claimed.Height == verified.Height && claimed.Hash == verified.Hash) return WitnessOpinion.Agrees;
        if (!search.IsDone || search.Trusted.Hash != claimed.Hash) return WitnessOpinion.Baseless;
        attack = LightClientAttack.Between(verified, claimed);
        return attack is null ? WitnessOpinion.Baseless : WitnessOpinion.Attack;
    }
}
