// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_REPLICATION_H
#define M3_REPLICATION_H

#include "ns3/m3-rdma-config.h"

#include <cstdint>

namespace ns3::m3
{

/**
 * A seed of m3 in the replication that ns-3 is at: the seed itself at RngSeedManager's seed 1 and run 1, where a
 * program begins, and another one for any other of them (--RngRun, --RngSeed, RngSeedManager::SetRun). So a run shifts
 * every random number of m3 as it shifts those of ns-3.
 */
uint64_t SeedOfReplication(uint64_t seed);

/// A configuration whose marks and losses are those of the replication that ns-3 is at.
RdmaConfig ConfigOfReplication(RdmaConfig config);

} // namespace ns3::m3

#endif // M3_REPLICATION_H
