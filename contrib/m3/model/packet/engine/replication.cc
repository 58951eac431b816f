// SPDX-License-Identifier: GPL-2.0-only
#include "replication.h"

#include "ns3/rng-seed-manager.h"

namespace ns3::m3
{

namespace
{

/// A permutation of 64 bits without visible structure (Steele et al., SplitMix, OOPSLA 2014).
uint64_t MixBits(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31);
}

} // namespace

uint64_t SeedOfReplication(uint64_t seed)
{
    constexpr uint64_t GOLDEN = 0x9e3779b97f4a7c15U;
    const uint64_t ns3Seed = RngSeedManager::GetSeed();
    const uint64_t run = RngSeedManager::GetRun();
    return ns3Seed == 1 && run == 1 ? seed : MixBits(MixBits(MixBits(seed + GOLDEN) + ns3Seed) + run);
}

RdmaConfig ConfigOfReplication(RdmaConfig config)
{
    config.seed = SeedOfReplication(config.seed);
    config.run = RngSeedManager::GetRun();
    return config;
}

} // namespace ns3::m3
