BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE alerts (
	clinic_id VARCHAR(24) NOT NULL, 
	patient_id VARCHAR(24) NOT NULL, 
	id VARCHAR(24) NOT NULL, 
	origin VARCHAR NOT NULL, 
	rule VARCHAR NOT NULL, 
	tier VARCHAR NOT NULL, 
	instrument VARCHAR NOT NULL, 
	item VARCHAR NOT NULL, 
	value INTEGER NOT NULL, 
	raised_at BIGINT NOT NULL, 
	answered_at BIGINT NOT NULL, 
	state VARCHAR NOT NULL, 
	historic BOOLEAN NOT NULL, 
	check_in_id VARCHAR, 
	form_id VARCHAR, 
	source VARCHAR, 
	closed_at BIGINT, 
	closed_by VARCHAR, 
	outcome VARCHAR, 
	note VARCHAR, 
	CONSTRAINT pk_alerts PRIMARY KEY (clinic_id, id), 
	CONSTRAINT fk_alerts_clinic_id_patient_id FOREIGN KEY(clinic_id, patient_id) REFERENCES patients (clinic_id, id), 
	CONSTRAINT uq_alerts_clinic_id_origin_rule_item_value_answered_at UNIQUE (clinic_id, origin, rule, item, value, answered_at)
);
INSERT INTO "alerts" VALUES('clinic','id000003','id000007','id000006','phq9_item9','immediate','phq9','9',2,1777644045000000,1777644045000000,'closed',0,'id000006',NULL,NULL,1777910445000000,'id000002','safety_plan','Plan written with Rosa.');
INSERT INTO "alerts" VALUES('clinic','id000003','id000015','id000014','pulse_safety','immediate','pulse','safety',1,1777910435000000,1777910435000000,'open',0,'id000014',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "alerts" VALUES('clinic','id000003','id000023','id000022','pulse_safety','immediate','pulse','safety',1,1777996850000000,1777996850000000,'open',0,'id000022',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "alerts" VALUES('clinic','id000025','id000029','id000028','phq9_item9','same_day','phq9','9',1,1777996855000000,1760364000000000,'open',1,NULL,'id000028','study',NULL,NULL,NULL,NULL);
CREATE TABLE audit_events (
	id INTEGER NOT NULL, 
	clinic_id VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	actor_id VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	about VARCHAR, 
	record VARCHAR, 
	CONSTRAINT pk_audit_events PRIMARY KEY (id), 
	CONSTRAINT fk_audit_events_clinic_id FOREIGN KEY(clinic_id) REFERENCES clinics (id)
);
INSERT INTO "audit_events" VALUES(1,'clinic',1777644000000000,'operator','person.added',NULL,'id000001');
INSERT INTO "audit_events" VALUES(2,'clinic',1777644000000000,'operator','person.added',NULL,'id000002');
INSERT INTO "audit_events" VALUES(3,'clinic',1777644000000000,'id000002','session.started',NULL,NULL);
INSERT INTO "audit_events" VALUES(4,'clinic',1777644000000000,'id000002','session.ended',NULL,NULL);
INSERT INTO "audit_events" VALUES(5,'clinic',1777644000000000,'id000002','session.started',NULL,NULL);
INSERT INTO "audit_events" VALUES(6,'clinic',1777644000000000,'operator','patient.registered','id000003','id000003');
INSERT INTO "audit_events" VALUES(7,'clinic',1777644000000000,'operator','person.added',NULL,'id000004');
INSERT INTO "audit_events" VALUES(8,'clinic',1777644000000000,'operator','course.opened','id000003','id000005');
INSERT INTO "audit_events" VALUES(9,'clinic',1777644000000000,'id000004','check_in.opened','id000003','id000006');
INSERT INTO "audit_events" VALUES(10,'clinic',1777644005000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(11,'clinic',1777644010000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(12,'clinic',1777644015000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(13,'clinic',1777644020000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(14,'clinic',1777644025000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(15,'clinic',1777644030000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(16,'clinic',1777644035000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(17,'clinic',1777644040000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(18,'clinic',1777644045000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(19,'clinic',1777644045000000,'id000004','alert.raised','id000003','id000007');
INSERT INTO "audit_events" VALUES(20,'clinic',1777644050000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(21,'clinic',1777644055000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(22,'clinic',1777644060000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(23,'clinic',1777644065000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(24,'clinic',1777644070000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(25,'clinic',1777644075000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(26,'clinic',1777644080000000,'id000004','answer.given','id000003','id000006');
INSERT INTO "audit_events" VALUES(27,'clinic',1777644085000000,'id000004','check_in.sent','id000003','id000006');
INSERT INTO "audit_events" VALUES(28,'clinic',1777644085000000,'id000004','form.stored','id000003','id000008');
INSERT INTO "audit_events" VALUES(29,'clinic',1777644085000000,'id000004','form.stored','id000003','id000010');
INSERT INTO "audit_events" VALUES(30,'clinic',1777824000000000,'operator','infusion.planned','id000003','id000011');
INSERT INTO "audit_events" VALUES(31,'clinic',1777824000000000,'operator','infusion.recorded','id000003','id000011');
INSERT INTO "audit_events" VALUES(32,'clinic',1777824000000000,'id000002','rating.recorded','id000003','id000013');
INSERT INTO "audit_events" VALUES(33,'clinic',1777910400000000,'id000004','check_in.opened','id000003','id000014');
INSERT INTO "audit_events" VALUES(34,'clinic',1777910405000000,'id000004','answer.given','id000003','id000014');
INSERT INTO "audit_events" VALUES(35,'clinic',1777910410000000,'id000004','answer.given','id000003','id000014');
INSERT INTO "audit_events" VALUES(36,'clinic',1777910415000000,'id000004','answer.given','id000003','id000014');
INSERT INTO "audit_events" VALUES(37,'clinic',1777910420000000,'id000004','answer.given','id000003','id000014');
INSERT INTO "audit_events" VALUES(38,'clinic',1777910425000000,'id000004','answer.given','id000003','id000014');
INSERT INTO "audit_events" VALUES(39,'clinic',1777910430000000,'id000004','answer.given','id000003','id000014');
INSERT INTO "audit_events" VALUES(40,'clinic',1777910435000000,'id000004','answer.given','id000003','id000014');
INSERT INTO "audit_events" VALUES(41,'clinic',1777910435000000,'id000004','alert.raised','id000003','id000015');
INSERT INTO "audit_events" VALUES(42,'clinic',1777910440000000,'id000004','answer.given','id000003','id000014');
INSERT INTO "audit_events" VALUES(43,'clinic',1777910440000000,'id000004','call.asked','id000003','id000014');
INSERT INTO "audit_events" VALUES(44,'clinic',1777910445000000,'id000004','check_in.note_saved','id000003','id000014');
INSERT INTO "audit_events" VALUES(45,'clinic',1777910445000000,'id000004','check_in.sent','id000003','id000014');
INSERT INTO "audit_events" VALUES(46,'clinic',1777910445000000,'id000004','form.stored','id000003','id000017');
INSERT INTO "audit_events" VALUES(47,'clinic',1777910445000000,'id000002','follow_up.reviewed','id000003','id000019');
INSERT INTO "audit_events" VALUES(48,'clinic',1777910445000000,'operator','infusion.planned','id000003','id000020');
INSERT INTO "audit_events" VALUES(49,'clinic',1777910445000000,'operator','infusion.planned','id000003','id000021');
INSERT INTO "audit_events" VALUES(50,'clinic',1777910445000000,'operator','infusion.cancelled','id000003','id000021');
INSERT INTO "audit_events" VALUES(51,'clinic',1777910445000000,'id000002','alert.closed','id000003','id000007');
INSERT INTO "audit_events" VALUES(52,'clinic',1777996845000000,'id000004','check_in.opened','id000003','id000022');
INSERT INTO "audit_events" VALUES(53,'clinic',1777996850000000,'id000004','answer.given','id000003','id000022');
INSERT INTO "audit_events" VALUES(54,'clinic',1777996850000000,'id000004','alert.raised','id000003','id000023');
INSERT INTO "audit_events" VALUES(55,'clinic',1777996855000000,'id000004','answer.changed','id000003','id000022');
INSERT INTO "audit_events" VALUES(56,'clinic',1777996855000000,'operator','patient.registered','id000025','id000025');
INSERT INTO "audit_events" VALUES(57,'clinic',1777996855000000,'operator','course.imported','id000025','id000026');
INSERT INTO "audit_events" VALUES(58,'clinic',1777996855000000,'operator','infusion.imported','id000025','id000027');
INSERT INTO "audit_events" VALUES(59,'clinic',1777996855000000,'operator','form.imported','id000025','id000028');
INSERT INTO "audit_events" VALUES(60,'clinic',1777996855000000,'operator','alert.raised','id000025','id000029');
INSERT INTO "audit_events" VALUES(61,'clinic',1777996855000000,'operator','patient.registered','id000030','id000030');
INSERT INTO "audit_events" VALUES(62,'clinic',1777996855000000,'operator','person.added',NULL,'id000031');
INSERT INTO "audit_events" VALUES(63,'clinic',1777996855000000,'id000031','call.asked','id000030',NULL);
INSERT INTO "audit_events" VALUES(64,'clinic',1777996855000000,'id000002','call.made','id000030',NULL);
INSERT INTO "audit_events" VALUES(65,'clinic',1777996855000000,'id000002','patient.paused','id000030','id000030');
CREATE TABLE check_ins (
	clinic_id VARCHAR(24) NOT NULL, 
	patient_id VARCHAR(24) NOT NULL, 
	id VARCHAR(24) NOT NULL, 
	forms VARCHAR NOT NULL, 
	variant VARCHAR, 
	state VARCHAR NOT NULL, 
	opened_at BIGINT NOT NULL, 
	closes_at BIGINT NOT NULL, 
	sent_at BIGINT, 
	language VARCHAR NOT NULL, 
	mode VARCHAR NOT NULL, 
	opened_by VARCHAR NOT NULL, 
	note VARCHAR, 
	CONSTRAINT pk_check_ins PRIMARY KEY (clinic_id, id), 
	CONSTRAINT fk_check_ins_clinic_id_patient_id FOREIGN KEY(clinic_id, patient_id) REFERENCES patients (clinic_id, id)
);
INSERT INTO "check_ins" VALUES('clinic','id000003','id000006','phq9 gad7',NULL,'sent',1777644000000000,1777816800000000,1777644085000000,'en','remote','id000004',NULL);
INSERT INTO "check_ins" VALUES('clinic','id000003','id000014','pulse','after','sent',1777910400000000,1777950000000000,1777910445000000,'en','remote','id000004','Slept well; it''s ''better''.');
INSERT INTO "check_ins" VALUES('clinic','id000003','id000022','pulse','after','open',1777996845000000,1778036400000000,NULL,'en','remote','id000004',NULL);
CREATE TABLE clinics (
	id VARCHAR(24) NOT NULL, 
	name VARCHAR NOT NULL, 
	zone VARCHAR NOT NULL, 
	country VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	hours VARCHAR NOT NULL, 
	demo_built_at BIGINT, 
	CONSTRAINT pk_clinics PRIMARY KEY (id)
);
INSERT INTO "clinics" VALUES('clinic','Example Clinic','America/New_York','US','555-0100','Mon-Fri 9-17',NULL);
CREATE TABLE contact_requests (
	clinic_id VARCHAR(24) NOT NULL, 
	patient_id VARCHAR(24) NOT NULL, 
	id VARCHAR(24) NOT NULL, 
	asked_at BIGINT NOT NULL, 
	check_in_id VARCHAR, 
	done_at BIGINT, 
	done_by VARCHAR, 
	CONSTRAINT pk_contact_requests PRIMARY KEY (clinic_id, id), 
	CONSTRAINT fk_contact_requests_clinic_id_patient_id FOREIGN KEY(clinic_id, patient_id) REFERENCES patients (clinic_id, id), 
	CONSTRAINT uq_contact_requests_clinic_id_check_in_id UNIQUE (clinic_id, check_in_id)
);
INSERT INTO "contact_requests" VALUES('clinic','id000003','id000016',1777910440000000,'id000014',NULL,NULL);
INSERT INTO "contact_requests" VALUES('clinic','id000030','id000032',1777996855000000,NULL,1777996855000000,'id000002');
CREATE TABLE courses (
	clinic_id VARCHAR(24) NOT NULL, 
	patient_id VARCHAR(24) NOT NULL, 
	id VARCHAR(24) NOT NULL, 
	phase VARCHAR NOT NULL, 
	started_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	end_reason VARCHAR, 
	CONSTRAINT pk_courses PRIMARY KEY (clinic_id, id), 
	CONSTRAINT fk_courses_clinic_id_patient_id FOREIGN KEY(clinic_id, patient_id) REFERENCES patients (clinic_id, id)
);
INSERT INTO "courses" VALUES('clinic','id000003','id000005','induction',1777816800000000,NULL,NULL);
INSERT INTO "courses" VALUES('clinic','id000025','id000026','induction',1760450400000000,1760454000000000,'over before it was imported');
CREATE TABLE follow_up_reviews (
	clinic_id VARCHAR(24) NOT NULL, 
	patient_id VARCHAR(24) NOT NULL, 
	id VARCHAR(24) NOT NULL, 
	infusion_id VARCHAR NOT NULL, 
	reviewed_by VARCHAR NOT NULL, 
	reviewed_by_name VARCHAR NOT NULL, 
	reviewed_at BIGINT NOT NULL, 
	disposition VARCHAR NOT NULL, 
	note VARCHAR, 
	seen_form_ids JSON NOT NULL, 
	seen_alert_ids JSON NOT NULL, 
	CONSTRAINT pk_follow_up_reviews PRIMARY KEY (clinic_id, id), 
	CONSTRAINT fk_follow_up_reviews_clinic_id_infusion_id FOREIGN KEY(clinic_id, infusion_id) REFERENCES infusions (clinic_id, id), 
	CONSTRAINT fk_follow_up_reviews_clinic_id_patient_id FOREIGN KEY(clinic_id, patient_id) REFERENCES patients (clinic_id, id)
);
INSERT INTO "follow_up_reviews" VALUES('clinic','id000003','id000019','id000011','id000002','Ana Madeup',1777910445000000,'contacted','Called; doing well.','["id000008", "id000010", "id000012", "id000013", "id000017"]','["id000007", "id000015"]');
CREATE TABLE given_answers (
	clinic_id VARCHAR(24) NOT NULL, 
	patient_id VARCHAR(24) NOT NULL, 
	check_in_id VARCHAR(24) NOT NULL, 
	instrument VARCHAR NOT NULL, 
	item VARCHAR NOT NULL, 
	revision INTEGER NOT NULL, 
	value INTEGER NOT NULL, 
	given_at BIGINT NOT NULL, 
	given_by VARCHAR NOT NULL, 
	CONSTRAINT pk_given_answers PRIMARY KEY (clinic_id, check_in_id, instrument, item, revision), 
	CONSTRAINT fk_given_answers_clinic_id_check_in_id FOREIGN KEY(clinic_id, check_in_id) REFERENCES check_ins (clinic_id, id), 
	CONSTRAINT fk_given_answers_clinic_id_patient_id FOREIGN KEY(clinic_id, patient_id) REFERENCES patients (clinic_id, id)
);
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','phq9','1',1,2,1777644005000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','phq9','2',1,2,1777644010000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','phq9','3',1,2,1777644015000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','phq9','4',1,2,1777644020000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','phq9','5',1,2,1777644025000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','phq9','6',1,2,1777644030000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','phq9','7',1,2,1777644035000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','phq9','8',1,2,1777644040000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','phq9','9',1,2,1777644045000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','gad7','1',1,2,1777644050000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','gad7','2',1,2,1777644055000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','gad7','3',1,2,1777644060000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','gad7','4',1,2,1777644065000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','gad7','5',1,2,1777644070000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','gad7','6',1,2,1777644075000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000006','gad7','7',1,2,1777644080000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000014','pulse','interest',1,1,1777910405000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000014','pulse','low_mood',1,1,1777910410000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000014','pulse','nervous',1,1,1777910415000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000014','pulse','worry',1,1,1777910420000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000014','pulse','change',1,1,1777910425000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000014','pulse','side_effects',1,1,1777910430000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000014','pulse','safety',1,1,1777910435000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000014','pulse','call',1,1,1777910440000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000022','pulse','safety',1,1,1777996850000000,'id000004');
INSERT INTO "given_answers" VALUES('clinic','id000003','id000022','pulse','safety',2,0,1777996855000000,'id000004');
CREATE TABLE infusions (
	clinic_id VARCHAR(24) NOT NULL, 
	patient_id VARCHAR(24) NOT NULL, 
	id VARCHAR(24) NOT NULL, 
	course_id VARCHAR NOT NULL, 
	planned_at BIGINT NOT NULL, 
	status VARCHAR NOT NULL, 
	started_at BIGINT, 
	ended_at BIGINT, 
	dose_mg FLOAT, 
	weight_kg FLOAT, 
	route VARCHAR NOT NULL, 
	substance VARCHAR NOT NULL, 
	reason VARCHAR, 
	given_by VARCHAR, 
	date_only BOOLEAN NOT NULL, 
	recorded_at BIGINT, 
	recorded_by VARCHAR, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_infusions PRIMARY KEY (clinic_id, id), 
	CONSTRAINT fk_infusions_clinic_id_course_id FOREIGN KEY(clinic_id, course_id) REFERENCES courses (clinic_id, id), 
	CONSTRAINT fk_infusions_clinic_id_patient_id FOREIGN KEY(clinic_id, patient_id) REFERENCES patients (clinic_id, id)
);
INSERT INTO "infusions" VALUES('clinic','id000003','id000011','id000005',1777816800000000,'given',1777816800000000,1777820400000000,40.0,80.0,'IV','ketamine',NULL,'operator',0,1777824000000000,'operator',2);
INSERT INTO "infusions" VALUES('clinic','id000003','id000020','id000005',1778083245000000,'planned',NULL,NULL,NULL,NULL,'IV','ketamine',NULL,NULL,0,1777910445000000,'operator',1);
INSERT INTO "infusions" VALUES('clinic','id000003','id000021','id000005',1778256045000000,'cancelled',NULL,NULL,NULL,NULL,'IV','ketamine','travels',NULL,0,1777910445000000,'operator',2);
INSERT INTO "infusions" VALUES('clinic','id000025','id000027','id000026',1760450400000000,'given',NULL,NULL,NULL,NULL,'IV','ketamine',NULL,NULL,1,1777996855000000,'operator',1);
CREATE TABLE occasions (
	clinic_id VARCHAR(24) NOT NULL, 
	patient_id VARCHAR(24) NOT NULL, 
	anchor_id VARCHAR(24) NOT NULL, 
	code VARCHAR NOT NULL, 
	course_id VARCHAR NOT NULL, 
	infusion_id VARCHAR, 
	forms VARCHAR NOT NULL, 
	target_at BIGINT NOT NULL, 
	opens_at BIGINT NOT NULL, 
	due_at BIGINT NOT NULL, 
	closes_at BIGINT NOT NULL, 
	applicable BOOLEAN NOT NULL, 
	cancelled BOOLEAN NOT NULL, 
	CONSTRAINT pk_occasions PRIMARY KEY (clinic_id, patient_id, anchor_id, code), 
	CONSTRAINT fk_occasions_clinic_id_course_id FOREIGN KEY(clinic_id, course_id) REFERENCES courses (clinic_id, id), 
	CONSTRAINT fk_occasions_clinic_id_patient_id FOREIGN KEY(clinic_id, patient_id) REFERENCES patients (clinic_id, id)
);
INSERT INTO "occasions" VALUES('clinic','id000003','id000005','baseline','id000005',NULL,'phq9 gad7',1777816800000000,1776607200000000,1777644000000000,1777816800000000,1,0);
INSERT INTO "occasions" VALUES('clinic','id000003','id000005','weekly-1','id000005',NULL,'phq9 gad7',1778421600000000,1778248800000000,1778421600000000,1778594400000000,1,0);
INSERT INTO "occasions" VALUES('clinic','id000003','id000011','pre_infusion','id000005','id000011','pulse',1777816800000000,1777730400000000,1777802400000000,1777816800000000,1,0);
INSERT INTO "occasions" VALUES('clinic','id000003','id000011','24h','id000005','id000011','pulse',1777906800000000,1777906800000000,1777906800000000,1777950000000000,1,0);
INSERT INTO "occasions" VALUES('clinic','id000003','id000011','48h','id000005','id000011','pulse',1777993200000000,1777950000000000,1777993200000000,1778036400000000,1,0);
INSERT INTO "occasions" VALUES('clinic','id000003','id000011','72h','id000005','id000011','pulse',1778079600000000,1778036400000000,1778079600000000,1778083245000000,1,0);
INSERT INTO "occasions" VALUES('clinic','id000003','id000005','index','id000005','id000020','phq9 gad7',1780765245000000,1779296445000000,1779901245000000,1780765245000000,1,0);
INSERT INTO "occasions" VALUES('clinic','id000003','id000020','pre_infusion','id000005','id000020','pulse',1778083245000000,1777996845000000,1778068845000000,1778083245000000,1,0);
INSERT INTO "occasions" VALUES('clinic','id000003','id000020','24h','id000005','id000020','pulse',1778173245000000,1778173245000000,1778173245000000,1778216445000000,1,0);
INSERT INTO "occasions" VALUES('clinic','id000003','id000020','48h','id000005','id000020','pulse',1778259645000000,1778216445000000,1778259645000000,1778302845000000,1,0);
INSERT INTO "occasions" VALUES('clinic','id000003','id000020','72h','id000005','id000020','pulse',1778346045000000,1778302845000000,1778346045000000,1778389245000000,1,0);
INSERT INTO "occasions" VALUES('clinic','id000003','id000005','weekly-2','id000005',NULL,'phq9 gad7',1779026400000000,1778853600000000,1779026400000000,1779199200000000,1,0);
INSERT INTO "occasions" VALUES('clinic','id000003','id000021','pre_infusion','id000005','id000021','pulse',1778256045000000,1778169645000000,1778241645000000,1778256045000000,1,1);
INSERT INTO "occasions" VALUES('clinic','id000003','id000021','24h','id000005','id000021','pulse',1778346045000000,1778346045000000,1778346045000000,1778389245000000,1,1);
INSERT INTO "occasions" VALUES('clinic','id000003','id000021','48h','id000005','id000021','pulse',1778432445000000,1778389245000000,1778432445000000,1778475645000000,1,1);
INSERT INTO "occasions" VALUES('clinic','id000003','id000021','72h','id000005','id000021','pulse',1778518845000000,1778475645000000,1778518845000000,1778562045000000,1,1);
CREATE TABLE patient_summaries (
	clinic_id VARCHAR(24) NOT NULL, 
	patient_id VARCHAR(24) NOT NULL, 
	definitions_version VARCHAR NOT NULL, 
	summary JSON NOT NULL, 
	CONSTRAINT pk_patient_summaries PRIMARY KEY (clinic_id, patient_id), 
	CONSTRAINT fk_patient_summaries_clinic_id_patient_id FOREIGN KEY(clinic_id, patient_id) REFERENCES patients (clinic_id, id)
);
INSERT INTO "patient_summaries" VALUES('clinic','id000003','2:8445223cbbb7a2a3','{"latest": {"phq9": {"total": 18, "answered_at": "2026-05-01T14:01:25Z", "baseline": null, "change": null, "response": null}, "gad7": {"total": 15, "answered_at": "2026-05-01T14:01:25Z", "baseline": null, "change": null, "response": null}, "madrs": {"total": 31, "answered_at": "2026-05-03T16:00:00Z", "baseline": null, "change": null, "response": null}, "pulse": {"total": 4, "answered_at": "2026-05-04T16:00:45Z", "baseline": null, "change": null, "response": null}}, "last_answered_at": "2026-05-04T16:00:45Z", "treated": 1, "last_infusion_ended_at": "2026-05-03T15:00:00Z", "awaited": ["2026-05-06T16:00:45Z"], "waiting": {"id000020": "2026-05-06T19:00:45Z", "id000011": "2026-05-03T15:00:00Z"}, "reviews_due": [], "open_alerts": 2, "highest_tier": "immediate", "alert_since": "2026-05-04T16:00:35Z", "call_asked_at": "2026-05-04T16:00:40Z", "safety_not_answered": false, "rises": []}');
INSERT INTO "patient_summaries" VALUES('clinic','id000025','2:8445223cbbb7a2a3','{"latest": {"phq9": {"total": 9, "answered_at": "2025-10-13T14:00:00Z", "baseline": null, "change": null, "response": null}}, "last_answered_at": "2025-10-13T14:00:00Z", "treated": 1, "last_infusion_ended_at": "2025-10-14T15:00:00Z", "awaited": [], "waiting": {}, "reviews_due": [], "open_alerts": 0, "highest_tier": null, "alert_since": null, "call_asked_at": null, "safety_not_answered": false, "rises": []}');
INSERT INTO "patient_summaries" VALUES('clinic','id000030','2:8445223cbbb7a2a3','{"latest": {}, "last_answered_at": null, "treated": 0, "last_infusion_ended_at": null, "awaited": [], "waiting": {}, "reviews_due": [], "open_alerts": 0, "highest_tier": null, "alert_since": null, "call_asked_at": null, "safety_not_answered": false, "rises": []}');
CREATE TABLE patients (
	clinic_id VARCHAR(24) NOT NULL, 
	id VARCHAR(24) NOT NULL, 
	name VARCHAR NOT NULL, 
	born_on DATE, 
	zone VARCHAR, 
	language VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	indications VARCHAR NOT NULL, 
	source VARCHAR, 
	source_id VARCHAR, 
	record_version INTEGER NOT NULL, 
	CONSTRAINT pk_patients PRIMARY KEY (clinic_id, id), 
	CONSTRAINT fk_patients_clinic_id FOREIGN KEY(clinic_id) REFERENCES clinics (id), 
	CONSTRAINT uq_patients_clinic_id_source_source_id UNIQUE (clinic_id, source, source_id)
);
INSERT INTO "patients" VALUES('clinic','id000003','Rosa Ünreal','1980-02-29','America/Chicago','en','active','anxiety depression',NULL,NULL,19);
INSERT INTO "patients" VALUES('clinic','id000025','Person 17 (study)','1971-07-07',NULL,'en','active','','study','17',1);
INSERT INTO "patients" VALUES('clinic','id000030','Otto Fictional',NULL,NULL,'en','paused','',NULL,NULL,3);
CREATE TABLE people (
	clinic_id VARCHAR(24) NOT NULL, 
	id VARCHAR(24) NOT NULL, 
	login VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	roles VARCHAR NOT NULL, 
	password_hash VARCHAR NOT NULL, 
	patient_id VARCHAR, 
	active BOOLEAN NOT NULL, 
	must_change_password BOOLEAN NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_people PRIMARY KEY (clinic_id, id), 
	CONSTRAINT fk_people_clinic_id FOREIGN KEY(clinic_id) REFERENCES clinics (id), 
	CONSTRAINT uq_people_login UNIQUE (login)
);
INSERT INTO "people" VALUES('clinic','id000001','admin@clinic','admin@clinic','administrator','no password opens this',NULL,1,0,1777644000000000);
INSERT INTO "people" VALUES('clinic','id000002','ana','Ana Madeup','clinician','$argon2id$v=19$m=8,t=1,p=1$y7bpx0rhQourPamKtQW/2Q$c2CN5FhxtM6U36rBCqgpis6VyGxhQGLhnuTxUydkayg',NULL,1,0,1777644000000000);
INSERT INTO "people" VALUES('clinic','id000004','id000003@clinic','id000003@clinic','patient','no password opens this','id000003',1,0,1777644000000000);
INSERT INTO "people" VALUES('clinic','id000031','id000030@clinic','id000030@clinic','patient','no password opens this','id000030',1,0,1777996855000000);
CREATE TABLE sessions (
	clinic_id VARCHAR(24) NOT NULL, 
	token_digest VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	created_at BIGINT NOT NULL, 
	last_seen_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	CONSTRAINT pk_sessions PRIMARY KEY (clinic_id, token_digest), 
	CONSTRAINT fk_sessions_clinic_id_person_id FOREIGN KEY(clinic_id, person_id) REFERENCES people (clinic_id, id), 
	CONSTRAINT uq_sessions_token_digest UNIQUE (token_digest)
);
INSERT INTO "sessions" VALUES('clinic','120c29356c4c4b1b9f713c934982fd9745361e5cca90a24af773054ebbdcbe78','id000002',1777644000000000,1777644000000000,1777687200000000,1777644000000000);
INSERT INTO "sessions" VALUES('clinic','132e83a97f2b209e7915e3e9b0732aaa33fdc1261a286c36581b138647a79f60','id000002',1777644000000000,1777644000000000,1777687200000000,NULL);
CREATE TABLE sign_in_failures (
	id INTEGER NOT NULL, 
	login_digest VARCHAR NOT NULL, 
	origin_digest VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_sign_in_failures PRIMARY KEY (id)
);
INSERT INTO "sign_in_failures" VALUES(1,'24d4b96f58da6d4a8512313bbd02a28ebf0ca95dec6e4c86ef78ce7f01e788ac','8edef722c5fe12d54075ac1033d1e73e6ddcfb564c7453dd4b665106bd917323',1777644000000000);
ANALYZE "sqlite_master";
INSERT INTO "sqlite_stat1" VALUES('alembic_version','sqlite_autoindex_alembic_version_1','1 1');
CREATE TABLE stored_forms (
	clinic_id VARCHAR(24) NOT NULL, 
	patient_id VARCHAR(24) NOT NULL, 
	id VARCHAR(24) NOT NULL, 
	instrument VARCHAR NOT NULL, 
	instrument_version VARCHAR NOT NULL, 
	language VARCHAR NOT NULL, 
	answers JSON NOT NULL, 
	total INTEGER, 
	scorer_version VARCHAR NOT NULL, 
	mode VARCHAR NOT NULL, 
	answered_at BIGINT NOT NULL, 
	saved_at BIGINT NOT NULL, 
	entered_by VARCHAR NOT NULL, 
	date_only BOOLEAN NOT NULL, 
	opened_at BIGINT, 
	variant VARCHAR, 
	check_in_id VARCHAR, 
	occasion VARCHAR, 
	source VARCHAR, 
	source_key VARCHAR, 
	version INTEGER NOT NULL, 
	replaces VARCHAR, 
	reason VARCHAR, 
	note VARCHAR, 
	CONSTRAINT pk_stored_forms PRIMARY KEY (clinic_id, id), 
	CONSTRAINT fk_stored_forms_clinic_id_check_in_id FOREIGN KEY(clinic_id, check_in_id) REFERENCES check_ins (clinic_id, id), 
	CONSTRAINT fk_stored_forms_clinic_id_patient_id FOREIGN KEY(clinic_id, patient_id) REFERENCES patients (clinic_id, id), 
	CONSTRAINT uq_stored_forms_clinic_id_check_in_id_instrument_version UNIQUE (clinic_id, check_in_id, instrument, version), 
	CONSTRAINT uq_stored_forms_clinic_id_replaces UNIQUE (clinic_id, replaces), 
	CONSTRAINT uq_stored_forms_clinic_id_source_key UNIQUE (clinic_id, source_key)
);
INSERT INTO "stored_forms" VALUES('clinic','id000003','id000008','phq9','1','en','{"1": 2, "2": 2, "3": 2, "4": 2, "5": 2, "6": 2, "7": 2, "8": 2, "9": 2}',18,'1','remote',1777644085000000,1777644085000000,'id000004',0,1777644000000000,NULL,'id000006',NULL,NULL,NULL,1,NULL,NULL,NULL);
INSERT INTO "stored_forms" VALUES('clinic','id000003','id000010','gad7','1','en','{"1": 2, "2": 2, "3": 2, "4": 2, "5": 2, "6": 2, "7": 2}',14,'1','remote',1777644085000000,1777644085000000,'id000004',0,1777644000000000,NULL,'id000006',NULL,NULL,NULL,1,NULL,NULL,NULL);
INSERT INTO "stored_forms" VALUES('clinic','id000003','id000012','gad7','1','en','{"1": 3, "2": 2, "3": 2, "4": 2, "5": 2, "6": 2, "7": 2}',15,'1','on_paper',1777644085000000,1777824000000000,'id000002',0,NULL,NULL,'id000006',NULL,NULL,NULL,2,'id000010','misread the paper',NULL);
INSERT INTO "stored_forms" VALUES('clinic','id000003','id000013','madrs','1','en','{}',31,'1','in_person',1777824000000000,1777824000000000,'id000002',0,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL);
INSERT INTO "stored_forms" VALUES('clinic','id000003','id000017','pulse','1','en','{"interest": 1, "low_mood": 1, "nervous": 1, "worry": 1, "change": 1, "side_effects": 1, "safety": 1, "call": 1}',4,'1','remote',1777910445000000,1777910445000000,'id000004',0,1777910400000000,'after','id000014',NULL,NULL,NULL,1,NULL,NULL,'Slept well; it''s ''better''.');
INSERT INTO "stored_forms" VALUES('clinic','id000025','id000028','phq9','1','en','{"1": 1, "2": 1, "3": 1, "4": 1, "5": 1, "6": 1, "7": 1, "8": 1, "9": 1}',9,'1','imported',1760364000000000,1777996855000000,'operator',1,NULL,NULL,NULL,'baseline','study','study/17/phq9/day 0',1,NULL,NULL,NULL);
CREATE INDEX ix_sign_in_failures_at ON sign_in_failures (at);
CREATE INDEX ix_sign_in_failures_login_digest_at ON sign_in_failures (login_digest, at);
CREATE INDEX ix_audit_events_clinic_id_about_at ON audit_events (clinic_id, about, at);
CREATE INDEX ix_audit_events_clinic_id_at ON audit_events (clinic_id, at);
CREATE INDEX ix_alerts_clinic_id_patient_id ON alerts (clinic_id, patient_id);
CREATE INDEX ix_alerts_clinic_id_state_historic ON alerts (clinic_id, state, historic);
CREATE INDEX ix_check_ins_clinic_id_patient_id_opened_at ON check_ins (clinic_id, patient_id, opened_at);
CREATE UNIQUE INDEX uq_check_ins_one_open ON check_ins (clinic_id, patient_id, forms) WHERE state = 'open';
CREATE INDEX ix_courses_clinic_id_patient_id ON courses (clinic_id, patient_id);
CREATE INDEX ix_sessions_person_id ON sessions (clinic_id, person_id);
CREATE INDEX ix_infusions_clinic_id_patient_id ON infusions (clinic_id, patient_id);
CREATE INDEX ix_infusions_clinic_id_planned_at ON infusions (clinic_id, planned_at);
CREATE INDEX ix_occasions_clinic_id_closes_at ON occasions (clinic_id, closes_at);
CREATE INDEX ix_stored_forms_clinic_id_answered_at ON stored_forms (clinic_id, answered_at);
CREATE INDEX ix_stored_forms_clinic_id_patient_id_answered_at ON stored_forms (clinic_id, patient_id, answered_at);
CREATE INDEX ix_follow_up_reviews_clinic_id_infusion_id ON follow_up_reviews (clinic_id, infusion_id);
COMMIT;
