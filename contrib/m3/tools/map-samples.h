// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_MAP_SAMPLES_H
#define M3_MAP_SAMPLES_H

#include "packet-truth.h"

#include "features/path-features.h"
#include "ns3/m3-program-options.h"
#include "training/path-map-file.h"
#include "training/published-paths.h"

#include <cstdint>
#include <string>

namespace ns3::m3
{

/**
 * Samples of the published model from sampled paths of a network whose flows have run. Leaves out paths of other
 * lengths than the model knows, and those with an unfinished foreground flow. The caller sets the origin. \param
 * thinned number of further samples of each path, as PublishedPathOptions::thinned
 */
PathMapSamples MapSamplesOf(const PacketTruth& truth, const PathIndex::Options& sampling, uint32_t thinned);

/// How m3-datagen --published makes samples, of parking lots or of sampled paths of networks.
struct PublishedPathOptions
{
    PublishedPathRanges ranges; //!< of parking lots
    /// Number of further samples of a path, in whose map the foreground row has only some of its flows, a number that
    /// is drawn log-uniformly: so few does a path of a network have. Labels are of all flows.
    uint32_t thinned = 0;

    /// \param paths sampled from each network, 0: parking lots are drawn \throws InputError for values that these have
    /// no use for, and ranges that cannot be drawn from
    void Check(uint32_t paths) const;

    /// Returns what matters of it as part of the settings of a sample. \param paths as Check() has it
    std::string Text(uint32_t paths) const;
};

void AddPublishedPathOptions(ProgramOptions& program, PublishedPathOptions& options); //!< Adds options of these names.

/**
 * The same from a parking lot, whose path is known: one sample and those with a thinned foreground, none if a
 * foreground flow is unfinished. \param truth of its scenario \param seed of the thinning
 */
PathMapSamples MapSamplesOf(const PacketTruth& truth, const PublishedPath& drawn, uint32_t thinned, uint64_t seed);

} // namespace ns3::m3

#endif // M3_MAP_SAMPLES_H
