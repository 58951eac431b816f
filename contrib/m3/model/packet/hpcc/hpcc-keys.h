// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HPCC_KEYS_H
#define M3_HPCC_KEYS_H

#include <string>

namespace ns3::m3
{

/**
 * Whether a config key is one of the HPCC simulator or of those that began from it (astra-sim, SimAI, ConWeave and its
 * kin, m3's own, inet-tub) that changes no result here: it steers monitors, traces, output that is not written, how a
 * run ends elsewhere, or a part that is off.
 */
bool IsUnusedHpccKey(const std::string& key);

/// Of a key that has one value which is simulated.
struct FixedHpccKey
{
    const char* value;  //!< the only one that is accepted
    const char* reason; //!< why no other is
};

/// \return null for a key of another kind
const FixedHpccKey* FindFixedHpccKey(const std::string& key);

} // namespace ns3::m3

#endif // M3_HPCC_KEYS_H
