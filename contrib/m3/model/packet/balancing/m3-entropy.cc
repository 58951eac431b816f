// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-entropy.h"

#include "ns3/m3-load-balancing.h"
#include "ns3/m3-routes.h"

#include <deque>
#include <memory>

namespace ns3::m3
{

namespace
{

/// A sender that uses the entropy of an answer without a congestion mark once more, oldest first, and draws one where
/// it has none (recycled entropies; Bonato et al., REPS: Recycled Entropy Packet Spraying, 2024).
class RecycledEntropies : public EntropySource
{
  public:
    explicit RecycledEntropies(uint32_t entropies)
        : m_entropies(entropies)
    {
    }

    uint32_t Next(NodeId host, BalancingView& view) override
    {
        if (m_good.empty())
        {
            return view.Random(host, m_entropies);
        }
        const uint32_t entropy = m_good.front();
        m_good.pop_front();
        return entropy;
    }

    void OnAnswer(uint32_t entropy, bool isMarked) override
    {
        if (!isMarked)
        {
            m_good.push_back(entropy);
        }
    }

  private:
    const uint32_t m_entropies;
    std::deque<uint32_t> m_good; //!< of answers without a mark
};

/// ECMP by a hash of flow and entropy, as switches hash a source port that changes with each packet.
class EntropyHash : public LoadBalancing
{
  public:
    explicit EntropyHash(uint32_t entropies)
        : m_entropies(entropies)
    {
    }

    uint32_t Choose(const HopChoice& choice, BalancingView& /*view*/) override
    {
        const uint32_t header[] = {choice.flow, choice.entropy};
        return MurmurHash3(header, sizeof header, choice.node) % choice.count;
    }

    std::unique_ptr<EntropySource> MakeEntropySource() const override
    {
        return std::make_unique<RecycledEntropies>(m_entropies);
    }

  private:
    const uint32_t m_entropies;
};

} // namespace

const ParameterTable& EntropyParameters()
{
    static const ParameterTable table = {
        Parameter("entropies",
                  "Entropies",
                  "entropies of a sender",
                  ParameterKind::COUNT,
                  &EntropyConfig::entropies,
                  "values that a sender chooses the entropy of a packet from, with --load-balancing=entropy")
            .Within(1, 65'536, "a sender must choose from 1 to 65536 entropies")
            .Seen(SeenBy::OWN_TRAIT),
    };
    return table;
}

LoadBalancingDescription EntropyBalancing()
{
    LoadBalancingDescription balancing;
    balancing.type = LoadBalancingType::ENTROPY;
    balancing.name = "entropy";
    balancing.make = [](const RdmaConfig& config)
    { return std::make_unique<EntropyHash>(config.Of<EntropyConfig>().entropies); };
    balancing.parameters = {&EntropyParameters()};
    balancing.sharesEvenly = true;
    return balancing;
}

} // namespace ns3::m3
