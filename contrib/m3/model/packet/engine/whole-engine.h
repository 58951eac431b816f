// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_WHOLE_ENGINE_H
#define M3_WHOLE_ENGINE_H

// PacketEngine with all of its functions, for the two files that compile it.
#include "added-flows.h"
#include "classes.h"
#include "ecn-marking.h"
#include "engine-events.h"
#include "engine-setup.h"
#include "flow-resume.h"
#include "flow-start.h"
#include "go-back-n.h"
#include "host.h"
#include "in-band-telemetry.h"
#include "link-changes.h"
#include "look-up-hops.h"
#include "nic-timer.h"
#include "pacing.h"
#include "packet-loss.h"
#include "pfc.h"
#include "port.h"
#include "retransmission-timeout.h"
#include "run-end.h"
#include "run-in-parts.h"
#include "sender.h"
#include "strategies.h"
#include "task-flows.h"

#endif // M3_WHOLE_ENGINE_H
